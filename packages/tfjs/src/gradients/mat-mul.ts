import { type Tensor, matMul } from "@tensorflow/tfjs-core";

import { throughActivation } from "./fused-activation.ts";
import type { Gradient, PullbackCall } from "./gradient.ts";

/** BatchMatMul: Y = A B, either transposed on demand;  Ā = Ȳ Bᵀ, B̄ = Aᵀ Ȳ. Batch axes broadcast. */
export const batchMatMulGradient: Gradient = {
  kernel: "BatchMatMul",
  needs: { a: ["b"], b: ["a"] },
  broadcasts: true,
  pullback: (call) => factors(call, call.dy),
};

/** _FusedMatMul: Y = f(A B + c);  c̄ = Z̄ = f′ Ȳ, and Ā, B̄ as of the product. */
export const fusedMatMulGradient: Gradient = {
  kernel: "_FusedMatMul",
  needs: { a: ["b"], b: ["a"], bias: [] },
  needsOutput: true,
  broadcasts: true,
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
