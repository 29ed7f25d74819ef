import type { LayerOf } from "../networks/layer.ts";
import type { LayerMath } from "./layer-math.ts";
import type { Value } from "./value.ts";
import { forEachTap, windowPositions } from "./window-taps.ts";

type Convolution = LayerOf<"conv2d"> | LayerOf<"depthwiseConv2d">;

/** yₒ = bₒ + Σ kₒ x over the window;  x̄ = Σ kₒ ȳₒ over the same pairs of cells. */
export const convolutionMath: LayerMath<Convolution> = {
  primal(layer, [x]) {
    const [, height, width] = imageDims(x!);
    const dims = [layer.bias.data.length, ...windowPositions(layer.window, height, width)];
    const plane = dims[1]! * dims[2]!;
    const data = new Float64Array(dims[0]! * plane);
    for (const [filter, bias] of layer.bias.data.entries()) data.fill(bias, filter * plane, (filter + 1) * plane);
    forEachProduct(layer, x!, plane, (out, cell, weight) => (data[out]! += weight * x!.data[cell]!));
    return { dims, data };
  },
  pullback(layer, [x], cotangent) {
    const dx = new Float64Array(x!.data.length);
    forEachProduct(layer, x!, cotangent.length / layer.bias.data.length, (out, cell, weight) => (dx[cell]! += weight * cotangent[out]!));
    return [dx];
  },
};

/** Every product of the sum: which entry of the result takes which entry of the image, and the weight between them. */
function forEachProduct(layer: Convolution, x: Value, plane: number, visit: (out: number, cell: number, weight: number) => void): void {
  const [channels, height, width] = imageDims(x);
  const [filters = 0, perFilter = 0, kh = 0, kw = 0] = layer.kernel.dims;
  const filtersPerGroup = filters / (channels / perFilter);
  for (let filter = 0; filter < filters; filter++) {
    const firstChannel = Math.floor(filter / filtersPerGroup) * perFilter;
    for (let c = 0; c < perFilter; c++) {
      const weights = layer.kernel.data.subarray((filter * perFilter + c) * kh * kw);
      const start = (firstChannel + c) * height * width;
      forEachTap(layer.window, height, width, (position, cell, tap) => visit(filter * plane + position, start + cell, weights[tap]!));
    }
  }
}

/** [C, H, W]. */
export function imageDims({ dims }: Value): readonly [number, number, number] {
  if (dims.length !== 3) throw new RangeError(`Expected an image [C, H, W], got dims [${dims.join(", ")}].`);
  return dims as unknown as readonly [number, number, number];
}
