import { type Tensor, matMul } from "@tensorflow/tfjs-core";

import { unsupportedForm } from "../unsupported-form.ts";
import { throughActivation } from "./fused-activation.ts";
import type { CheckedCall, GradientRule, PullbackCall } from "../gradient-rule.ts";

/** BatchMatMul: Y = A B, either transposed on demand;  Ā = Ȳ Bᵀ, B̄ = Aᵀ Ȳ. Batch axes broadcast. */
export const batchMatMulRule: GradientRule = {
  kernel: "BatchMatMul",
  needs: { a: ["b"], b: ["a"] },
  broadcasts: true,
  check: checkFactors,
  pullback: (call) => factors(call, call.dy),
};

/** _FusedMatMul: Y = f(A B + c);  c̄ = Z̄ = f′ Ȳ, and Ā, B̄ as of the product. */
export const fusedMatMulRule: GradientRule = {
  kernel: "_FusedMatMul",
  needs: { a: ["b"], b: ["a"], bias: [] },
  needsOutput: true,
  broadcasts: true,
  check: checkFactors,
  pullback: (call) => {
    const dz = throughActivation(call.attrs["activation"], call.dy, call.output);
    return { ...factors(call, dz), bias: dz };
  },
};

function factors({ attrs, input, wants }: PullbackCall, dy: Tensor): Record<string, Tensor> {
  const [ta, tb] = [attrs["transposeA"] === true, attrs["transposeB"] === true];
  return {
    ...(wants("a") ? { a: ta ? matMul(input("b"), dy, tb, true) : matMul(dy, input("b"), false, !tb) } : {}),
    ...(wants("b") ? { b: tb ? matMul(dy, input("a"), true, ta) : matMul(input("a"), dy, !ta, false) } : {}),
  };
}

/** Factors are repeated over leading batch axes alone: where another axis of 1 is to be repeated, TensorFlow.js multiplies the wrong matrices. */
function checkFactors({ shapes, outputShapes }: CheckedCall): void {
  for (const name of ["a", "b"]) checkBroadcast(shapes[name]!, outputShapes[0]!);
}

function checkBroadcast(factor: readonly number[], product: readonly number[]): void {
  const batch = factor.slice(0, -2);
  const own = batch.slice(batch.findIndex((size) => size !== 1));
  const repeated =
    batch.some((size) => size !== 1) &&
    product
      .slice(0, -2)
      .slice(-own.length)
      .some((size, axis) => size !== own[axis]);
  if (repeated) throw unsupportedForm("BatchMatMul", `that repeats a factor [${factor.join(", ")}] over an inner batch axis`, "Tile the factor first.");
}
