import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { stridedOffsets } from "../../arrays/strides.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** θ applied to the positions of a regular grid: [N, D, H, W, 3] or [N, H, W, 2]. */
function affineGrid(call: OperatorCall): readonly Value64[] {
  const theta = call.input(0);
  const [batch, , ...spatial] = [...call.input(1).data] as [number, number, ...number[]];
  const rank = spatial.length;
  const corners = call.flag("align_corners");
  const y = value64(theta.type, [batch, ...spatial, rank]);
  const count = sizeOf(spatial);
  const indices = spatial.map((_, axis) =>
    stridedOffsets(
      spatial,
      spatial.map((__, i) => Number(i === axis)),
    ),
  );
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < count; i++) {
      const point = spatial.map((size, axis) => coordinate(indices[axis]![i]!, size, corners)).reverse();
      for (let row = 0; row < rank; row++) {
        const start = (n * rank + row) * (rank + 1);
        y.data[(n * count + i) * rank + row] = point.reduce((sum, value, k) => sum + theta.data[start + k]! * value, theta.data[start + rank]!);
      }
    }
  }
  return [y];
}

function coordinate(index: number, size: number, corners: boolean): number {
  if (corners) return size === 1 ? 0 : -1 + (2 * index) / (size - 1);
  return -1 + (2 * index + 1) / size;
}

/** Positions of a transformed image. */
export const affineGridOperators: OperatorTable = { AffineGrid: affineGrid };
