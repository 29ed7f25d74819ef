import { XDeepError } from "@xdeep/core";
import { type Baseline, describeBaseline, resolveBaselines } from "@xdeep/core/method";
import { blurMap } from "@xdeep/map/values";

import type { MovingInput, Part } from "../subject/moving-input.ts";
import { areaOf } from "../subject/features.ts";

/**
 * What stands where something was removed: a number or a tensor, as baselines of integrated gradients are given; "mean": the mean of the row's own picture, channel by
 * channel, or of all its entries where there is no picture; "blur": the picture, blurred.
 */
export type RemovalBaseline = Baseline | "mean" | "blur";

/** Standard deviation of the blur, by the shorter side: so much that nothing is told apart. */
const BLUR = 1 / 20;

/**
 * The entries of each row where everything is removed.
 *
 * @throws {XDeepError} BASELINE_INVALID for a baseline that does not fit, and for "blur" where there is no picture
 */
export function removedEntries(moving: MovingInput, baseline: RemovalBaseline): (row: number) => Float64Array {
  const { parts, rows, size } = moving;
  const gather = (read: (part: Part) => ArrayLike<number>): Float64Array => {
    const entries = new Float64Array(size);
    for (const part of parts) entries.set(read(part), part.offset);
    return entries;
  };
  if (baseline === "mean" || baseline === "blur") {
    return (row) => {
      const own = moving.at(row);
      return gather((part) => ownBaseline(part, own.subarray(part.offset, part.offset + part.size), baseline));
    };
  }
  const points = resolveBaselines(baseline, Object.fromEntries(parts.map(({ name, dims }) => [name, [rows, ...dims]])));
  return (row) => gather(({ name }) => points(row)[0]![name]!);
}

/** A baseline as plain data that stays small. */
export function describeRemoval(baseline: RemovalBaseline): unknown {
  return typeof baseline === "string" ? baseline : describeBaseline(baseline);
}

function ownBaseline(part: Part, x: Float64Array, kind: "mean" | "blur"): Float64Array {
  const { layout, name, dims } = part;
  if (layout === null) {
    if (kind === "mean") return new Float64Array(x.length).fill(mean(x));
    throw new XDeepError(
      "BASELINE_INVALID",
      `"blur" is for pictures, and "${name}" has dims [N, ${dims.join(", ")}] without a known order of axes. Give a number or a tensor.`,
      {
        details: { value: name, dims },
      },
    );
  }
  const [height, width] = areaOf(part);
  const channels = x.length / (height * width);
  const baseline = new Float64Array(x.length);
  for (let channel = 0; channel < channels; channel++) {
    const at = (pixel: number): number => (layout === "NHWC" ? pixel * channels + channel : channel * height * width + pixel);
    const plane = new Float64Array(height * width).map((_, pixel) => x[at(pixel)]!);
    const removed =
      kind === "mean" ? new Float64Array(plane.length).fill(mean(plane)) : blurMap({ height, width, data: plane }, BLUR * Math.min(height, width)).data;
    for (const [pixel, value] of removed.entries()) baseline[at(pixel)] = value;
  }
  return baseline;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
