import { axisView } from "./axes.ts";
import { type Value64, value64 } from "./value64.ts";

/** Replaces every line along an axis by f(line). */
export function mapLines(x: Value64, axis: number, f: (line: Float64Array) => Float64Array): Value64 {
  const { outer, size, inner } = axisView(x.dims, axis);
  const data = new Float64Array(x.data.length);
  const line = new Float64Array(size);
  for (let o = 0; o < outer; o++) {
    for (let n = 0; n < inner; n++) {
      const start = o * size * inner + n;
      for (let i = 0; i < size; i++) line[i] = x.data[start + i * inner]!;
      const result = f(line);
      for (let i = 0; i < size; i++) data[start + i * inner] = result[i]!;
    }
  }
  return value64(x.type, x.dims, data);
}
