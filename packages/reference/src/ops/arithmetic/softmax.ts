import { normalizeAxis } from "../../arrays/axes.ts";
import { mapLines } from "../../arrays/axis-lines.ts";
import type { Operator, OperatorTable } from "../../operator-call.ts";
import { logSumExp, softmaxLine } from "../../math/softmax-line.ts";

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
