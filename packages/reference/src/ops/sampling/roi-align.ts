import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

interface Bins {
  readonly start: number;
  readonly binSize: number;
  /** Sample points per bin. */
  readonly samples: number;
}

/** Averages (or maxima) of bilinear samples in the bins of each region (He et al. 2017, arXiv:1703.06870). */
function roiAlign(call: OperatorCall): readonly Value64[] {
  const [x, rois, batchIndices] = [call.input(0), call.input(1), call.input(2)];
  const [rows, columns] = [call.attributes.int("output_height", 1), call.attributes.int("output_width", 1)];
  const [channels, height, width] = x.dims.slice(1) as [number, number, number];
  const y = value64(x.type, [rois.dims[0]!, channels, rows, columns]);
  for (let r = 0; r < rois.dims[0]!; r++) {
    const [x1, y1, x2, y2] = rois.data.subarray(r * 4, r * 4 + 4) as unknown as [number, number, number, number];
    const [vertical, horizontal] = [binsOf(call, y1, y2, rows), binsOf(call, x1, x2, columns)];
    for (let c = 0; c < channels; c++) {
      const plane = x.data.subarray((batchIndices.data[r]! * channels + c) * height * width);
      for (let i = 0; i < rows * columns; i++) {
        const points = binPoints(vertical, Math.floor(i / columns)).flatMap((py) =>
          binPoints(horizontal, i % columns).map((px) => corners(plane, height, width, py, px)),
        );
        y.data[(r * channels + c) * rows * columns + i] = pooled(call, points);
      }
    }
  }
  return [y];
}

function binsOf(call: OperatorCall, from: number, to: number, count: number): Bins {
  const half = call.attributes.string("coordinate_transformation_mode", "half_pixel") === "half_pixel";
  const scale = call.float("spatial_scale", 1);
  const start = from * scale - (half ? 0.5 : 0);
  const length = half ? (to - from) * scale : Math.max((to - from) * scale, 1);
  return { start, binSize: length / count, samples: call.attributes.int("sampling_ratio", 0) || Math.ceil(length / count) };
}

function binPoints({ start, binSize, samples }: Bins, bin: number): number[] {
  return Array.from({ length: samples }, (_, k) => start + (bin + (k + 0.5) / samples) * binSize);
}

/** The four weighted neighbours of a point; nothing where it lies more than one element outside. */
function corners(plane: Float64Array, height: number, width: number, y: number, x: number): readonly number[] {
  if (y < -1 || y > height || x < -1 || x > width) return [0, 0, 0, 0];
  const [row, column] = [Math.min(Math.max(y, 0), height - 1), Math.min(Math.max(x, 0), width - 1)];
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)];
  const [dy, dx] = [row - top, column - left];
  return [
    (1 - dy) * (1 - dx) * plane[top * width + left]!,
    (1 - dy) * dx * plane[top * width + right]!,
    dy * (1 - dx) * plane[bottom * width + left]!,
    dy * dx * plane[bottom * width + right]!,
  ];
}

/** The mean of the samples; "max" takes the largest weighted neighbour of all, as engines do. */
function pooled(call: OperatorCall, points: readonly (readonly number[])[]): number {
  if (call.attributes.string("mode", "avg") === "max") return Math.max(...points.flat());
  return points.flat().reduce((sum, value) => sum + value, 0) / Math.max(points.length, 1);
}

/** Pooling of regions. */
export const roiAlignOperators: OperatorTable = { RoiAlign: roiAlign };
