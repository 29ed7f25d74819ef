import type { LayerOf } from "../networks/layer.ts";
import { imageDims } from "./convolution.ts";
import type { LayerMath } from "./layer-math.ts";
import type { Value } from "./value.ts";
import { forEachTap, windowPositions } from "./window-taps.ts";

type Pool = LayerOf<"maxPool" | "averagePool">;

/** y = Σ s x over the window, where s is 1 for the first of its largest cells (max), or 1 / cells inside the image (average);  x̄ = Σ s ȳ. */
export const poolMath: LayerMath<Pool> = {
  primal(layer, [x]) {
    const [channels, height, width] = imageDims(x!);
    const dims = [channels, ...windowPositions(layer.window, height, width)];
    const data = new Float64Array(dims.reduce((size, dim) => size * dim));
    forEachShare(layer, x!, (out, cell, share) => (data[out]! += share * x!.data[cell]!));
    return { dims, data };
  },
  pullback(layer, [x], cotangent) {
    const dx = new Float64Array(x!.data.length);
    forEachShare(layer, x!, (out, cell, share) => (dx[cell]! += share * cotangent[out]!));
    return [dx];
  },
};

/** The mean of every channel: x̄ = ȳ / (H W). */
export const globalAveragePoolMath: LayerMath<LayerOf<"globalAveragePool">> = {
  primal(_, [x]) {
    const [channels, height, width] = imageDims(x!);
    const plane = height * width;
    const mean = (_entry: unknown, c: number): number => x!.data.subarray(c * plane, (c + 1) * plane).reduce((sum, value) => sum + value, 0) / plane;
    return { dims: [channels], data: Float64Array.from({ length: channels }, mean) };
  },
  pullback(_, [x], cotangent) {
    const plane = x!.data.length / cotangent.length;
    return [x!.data.map((_value, i) => cotangent[Math.floor(i / plane)]! / plane)];
  },
};

function forEachShare({ op, window }: Pool, x: Value, visit: (out: number, cell: number, share: number) => void): void {
  const [channels, height, width] = imageDims(x);
  const [rows, columns] = windowPositions(window, height, width);
  for (let c = 0; c < channels; c++) {
    const cells: number[][] = Array.from({ length: rows * columns }, () => []);
    forEachTap(window, height, width, (position, cell) => cells[position]!.push(c * height * width + cell));
    cells.forEach((inside, position) => {
      const out = c * rows * columns + position;
      if (op === "averagePool") for (const cell of inside) visit(out, cell, 1 / inside.length);
      else
        visit(
          out,
          inside.reduce((best, cell) => (x.data[cell]! > x.data[best]! ? cell : best)),
          1,
        );
    });
  }
}
