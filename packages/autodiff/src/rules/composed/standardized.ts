import type { GraphBuilder, Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";
import { addRule } from "../add.ts";
import { mulRule } from "../mul.ts";
import { reciprocalRule } from "../reciprocal.ts";
import { reduceMeanRule } from "../reduce-sum.ts";
import { sqrtRule } from "../sqrt.ts";
import { subRule } from "../sub.ts";

/** The rules that `standardized` and `rootMeanSquareScaled` are composed of. */
export const standardizedRules: readonly GradientRule[] = [addRule, mulRule, reciprocalRule, reduceMeanRule, sqrtRule, subRule];

/** (x − mean) / √(variance + ε) over some axes. */
export function standardized(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = g.sub(x, g.op("ReduceMean", [x, g.ints(axes)], { keepdims: 1 }));
  return g.mul(centred, inverseRoot(g, centred, axes, epsilon));
}

/** 1 / √(mean(x²) + ε) over some axes, which stay with size 1. */
export function inverseRoot(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Value {
  const mean = g.op("ReduceMean", [g.square(x), g.ints(axes)], { keepdims: 1 });
  return g.reciprocal(g.sqrt(g.shift(mean, epsilon)));
}
