import { axisView, normalizeAxis } from "../axes.ts";
import type { Operator, OperatorTable } from "../operator-call.ts";
import { type Value64, value64 } from "../value64.ts";
import { logSumExp } from "./reduce.ts";

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

/** eˣ / Σ eˣ of one line. */
export function softmaxLine(line: Float64Array): Float64Array {
  const total = logSumExp(line);
  return line.map((x) => Math.exp(x - total));
}

function logSoftmaxLine(line: Float64Array): Float64Array {
  const total = logSumExp(line);
  return line.map((x) => x - total);
}

function hardmaxLine(line: Float64Array): Float64Array {
  const first = line.indexOf(line.reduce((a, b) => Math.max(a, b), -Infinity));
  return line.map((_, i) => Number(i === first));
}

function alongAxis(f: (line: Float64Array) => Float64Array): Operator {
  return (call) => {
    const x = call.input(0);
    return [mapLines(x, normalizeAxis(call.attributes.int("axis", -1), x.dims.length), f)];
  };
}

/** Softmax and its kin along one axis. */
export const softmaxOperators: OperatorTable = { Hardmax: alongAxis(hardmaxLine), LogSoftmax: alongAxis(logSoftmaxLine), Softmax: alongAxis(softmaxLine) };
