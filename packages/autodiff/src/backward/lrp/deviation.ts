import type { NodeProto } from "@xdeep/onnx";
import { numbersOf } from "@xdeep/onnx";
import type { PullbackContext } from "../../sweep/rule.ts";

/** Operators that pass a statistic on as it is. */
const PASSING: ReadonlySet<string> = new Set(["Cast", "Expand", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);
/** Operators between the mean of squares and its root: an ε is added, or a floor is set. */
const FLOORS: ReadonlySet<string> = new Set(["Add", "Clip", "Max", ...PASSING]);
/** Operators between a root and what divides by it. */
const INVERSES: ReadonlySet<string> = new Set(["Reciprocal", ...FLOORS]);
const MEANS: ReadonlySet<string> = new Set(["GlobalAveragePool", "ReduceMean", "ReduceSum"]);

/** Whether a value is a standard deviation, a norm, or one over it, written in small operators: the root of a mean of squares. */
export function isDeviation({ around }: PullbackContext, name: string): boolean {
  const behind = (from: string, through: ReadonlySet<string>): NodeProto | null => {
    for (let node = around.producerOf(from); ;) {
      if (node === null || !through.has(node.opType)) return node;
      const next = node.input.find((each) => around.valueOf(each).facts.constant === undefined && around.producerOf(each) !== null);
      node = next === undefined ? null : around.producerOf(next);
    }
  };
  const root = behind(name, INVERSES);
  if (root?.opType === "ReduceL2") return true;
  const exponent = root?.opType === "Pow" ? numbersOf(around.valueOf(root.input[1] ?? "").facts)?.[0] : undefined;
  if (root === null || (root.opType !== "Sqrt" && Math.abs(exponent ?? 0) !== 0.5)) return false;
  const mean = behind(root.input[0] ?? "", FLOORS);
  if (mean?.opType === "ReduceSumSquare") return true;
  const square = mean === null || !MEANS.has(mean.opType) ? null : around.producerOf(mean.input[0] ?? "");
  if (square?.opType === "Pow") return numbersOf(around.valueOf(square.input[1] ?? "").facts)?.[0] === 2;
  return square?.opType === "Mul" && square.input[0] === square.input[1];
}
