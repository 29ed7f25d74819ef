import { averagePoolRule, tilesOf } from "../../rules/windows/average-pool.ts";
import { globalAveragePoolRule } from "../../rules/windows/global-average-pool.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import { blockedImage, eachChannel, upsampled } from "../convolutions/blocked.ts";

/**
 * GlobalAveragePool: x̄ = ȳ / (H W) everywhere, by a convolution that divides and puts ȳ into the blocked layout, and upsampling.
 *
 * EfficientNet-B0: 38.2 → 36.6 ms.
 */
export const blockedGlobalAverage: Lowering = {
  name: "blocked-global-average",
  rule: globalAveragePoolRule,
  pullback: function blockedGlobalAveragePullback({ g, input, cotangent }) {
    const image = blockedImage(input(0));
    if (image === null) return null;
    const { height, width } = image;
    return [upsampled(g, eachChannel(g, cotangent(0), { kernel: [[1 / (height * width)]] }), height, width)];
  },
};

/** AveragePool whose windows tile the image: x̄ = ȳ / (elements of a window), likewise. */
export const blockedAverage: Lowering = {
  name: "blocked-average",
  rule: averagePoolRule,
  pullback: function blockedAveragePullback({ g, attributes, input, output, cotangent }) {
    const tiles = blockedImage(input(0)) === null ? null : tilesOf(attributes, input(0), output(0));
    if (tiles === null) return null;
    const [rows, columns] = tiles as readonly [number, number];
    return [upsampled(g, eachChannel(g, cotangent(0), { kernel: [[1 / (rows * columns)]] }), rows, columns)];
  },
};
