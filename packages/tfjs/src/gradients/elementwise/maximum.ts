import { type Tensor, add, equal, greater, less, mul, cast } from "@tensorflow/tfjs-core";

import type { GradientRule, PullbackCall } from "../gradient-rule.ts";

/** Maximum: y = max(a, b);  ȳ goes to the larger, and in equal parts to both where a = b. */
export const maximumRule: GradientRule = { kernel: "Maximum", needs: { "*": ["a", "b"] }, broadcasts: true, pullback: (call) => share(call, greater) };

/** Minimum: y = min(a, b);  ȳ goes to the smaller, and in equal parts to both where a = b. */
export const minimumRule: GradientRule = { kernel: "Minimum", needs: { "*": ["a", "b"] }, broadcasts: true, pullback: (call) => share(call, less) };

function share({ dy, input, wants }: PullbackCall, wins: (a: Tensor, b: Tensor) => Tensor): Record<string, Tensor> {
  const [a, b] = [input("a"), input("b")];
  const half = mul(cast(equal(a, b), "float32"), 0.5);
  const partOf = (mine: Tensor, other: Tensor): Tensor => mul(dy, add(cast(wins(mine, other), "float32"), half));
  return { ...(wants("a") ? { a: partOf(a, b) } : {}), ...(wants("b") ? { b: partOf(b, a) } : {}) };
}
