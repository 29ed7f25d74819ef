import type { Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** Gemm: y = α A′B′ + β C, where ′ transposes on demand;  A̅′ = α ȳ B′ᵀ, B̅′ = α A′ᵀ ȳ, C̄ = β ȳ. */
export const gemmRule: GradientRule = {
  op: "Gemm",
  since: [7, 9, 11, 13],
  broadcasts: true,
  pullback: function gemmPullback({ g, attributes, input, hasInput, cotangent, wants, inputCount }) {
    const dy = cotangent(0);
    const [transA, transB] = [attributes.int("transA", 0) === 1, attributes.int("transB", 0) === 1];
    const product = (a: Value, b: Value): Value => g.scale(g.matmul(a, b), attributes.float("alpha", 1));
    const t = (matrix: Value, transposed: boolean): Value => (transposed ? g.transpose(matrix, [1, 0]) : matrix);
    const dA = (): Value => (transA ? product(t(input(1), transB), t(dy, true)) : product(dy, t(input(1), !transB)));
    const dB = (): Value => (transB ? product(t(dy, true), t(input(0), transA)) : product(t(input(0), !transA), dy));
    const gradients = [wants(0) ? dA() : null, wants(1) ? dB() : null, hasInput(2) ? g.scale(dy, attributes.float("beta", 1)) : null];
    return gradients.slice(0, inputCount);
  },
};
