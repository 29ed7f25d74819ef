import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** The maximum of each bin of each region, whose corners are rounded to elements (Girshick 2015, arXiv:1504.08083). */
function maxRoiPool(call: OperatorCall): readonly Value64[] {
  const [x, rois] = [call.input(0), call.input(1)];
  const [rows, columns] = call.attributes.ints("pooled_shape", [1, 1]) as [number, number];
  const [channels, height, width] = x.dims.slice(1) as [number, number, number];
  const scale = call.float("spatial_scale", 1);
  const y = value64(x.type, [rois.dims[0]!, channels, rows, columns]);
  for (let r = 0; r < rois.dims[0]!; r++) {
    const [image, left, top, right, bottom] = rois.data.subarray(r * 5, r * 5 + 5) as unknown as [number, number, number, number, number];
    for (let i = 0; i < rows * columns; i++) {
      const [firstRow, endRow] = binRange(Math.round(top * scale), Math.round(bottom * scale), rows, Math.floor(i / columns), height);
      const [firstColumn, endColumn] = binRange(Math.round(left * scale), Math.round(right * scale), columns, i % columns, width);
      for (let c = 0; c < channels; c++) {
        let best = -Infinity;
        for (let row = firstRow; row < endRow; row++) {
          for (let column = firstColumn; column < endColumn; column++) best = Math.max(best, x.data[((image * channels + c) * height + row) * width + column]!);
        }
        y.data[(r * channels + c) * rows * columns + i] = best === -Infinity ? 0 : best;
      }
    }
  }
  return [y];
}

/** The elements of one of `count` bins between two corners, both included, inside an axis of `size`. */
function binRange(from: number, to: number, count: number, bin: number, size: number): readonly [number, number] {
  const length = Math.max(to - from + 1, 1) / count;
  const clamp = (position: number): number => Math.min(Math.max(position, 0), size);
  return [clamp(Math.floor(bin * length) + from), clamp(Math.ceil((bin + 1) * length) + from)];
}

/** Pooling of regions with rounded corners. */
export const maxRoiPoolOperators: OperatorTable = { MaxRoiPool: maxRoiPool };
