import { sizeOf } from "@xdeep/core";
import { axisView } from "./axes.ts";
import { type Value64, value64 } from "./value64.ts";

/** The parts of x at these indices of an axis; the index −1 gives a part filled with `fill`. */
export function taken(x: Value64, axis: number, indices: ArrayLike<number>, fill = 0): Value64 {
  const { outer, size, inner } = axisView(x.dims, axis);
  const dims = x.dims.map((dim, i) => (i === axis ? indices.length : dim));
  const data = new Float64Array(sizeOf(dims)).fill(fill);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!;
      if (index < 0) continue;
      const from = (o * size + index) * inner;
      data.set(x.data.subarray(from, from + inner), (o * indices.length + i) * inner);
    }
  }
  return value64(x.type, dims, data);
}
