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
    forEachKernel(layer, x!, plane, (weights, out, cell, [positions, cells, taps]) => {
      for (let i = 0; i < taps.length; i++) data[out + positions[i]!]! += weights[taps[i]!]! * x!.data[cell + cells[i]!]!;
    });
    return { dims, data };
  },
  pullback(layer, [x], cotangent) {
    const dx = new Float64Array(x!.data.length);
    forEachKernel(layer, x!, cotangent.length / layer.bias.data.length, (weights, out, cell, [positions, cells, taps]) => {
      for (let i = 0; i < taps.length; i++) dx[cell + cells[i]!]! += weights[taps[i]!]! * cotangent[out + positions[i]!]!;
    });
    return [dx];
  },
};

type Visit = (weights: ArrayLike<number>, out: number, cell: number, products: Products) => void;

/** Every weight of a kernel that meets a cell, as indices from where the planes of the result and of the image begin. */
type Products = readonly [positions: readonly number[], cells: readonly number[], taps: readonly number[]];

/** Every kernel of one filter and one channel, with where the planes begin that it lies between. */
function forEachKernel(layer: Convolution, x: Value, plane: number, visit: Visit): void {
  const [channels, height, width] = imageDims(x);
  const [filters = 0, perFilter = 0, kh = 0, kw = 0] = layer.kernel.dims;
  const filtersPerGroup = filters / (channels / perFilter);
  const products = productsOf(layer.window, height, width);
  for (let filter = 0; filter < filters; filter++) {
    const firstChannel = Math.floor(filter / filtersPerGroup) * perFilter;
    for (let c = 0; c < perFilter; c++) {
      const weights = layer.kernel.data.subarray((filter * perFilter + c) * kh * kw);
      visit(weights, filter * plane, (firstChannel + c) * height * width, products);
    }
  }
}

function productsOf(window: Convolution["window"], height: number, width: number): Products {
  const products: [number[], number[], number[]] = [[], [], []];
  forEachTap(window, height, width, (...indices) => indices.forEach((index, i) => products[i]!.push(index)));
  return products;
}

/** [C, H, W]. */
export function imageDims({ dims }: Value): readonly [number, number, number] {
  if (dims.length !== 3) throw new RangeError(`Expected an image [C, H, W], got dims [${dims.join(", ")}].`);
  return dims as unknown as readonly [number, number, number];
}
