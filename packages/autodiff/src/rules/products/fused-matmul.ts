import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { matMulRule } from "./matmul.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { transposeRule } from "../layout/transpose.ts";

/** com.microsoft.FusedMatMul: y = α a b, each transposed first on request;  composed. */
export const fusedMatMulRule: GradientRule = {
  op: "FusedMatMul",
  domain: "com.microsoft",
  since: [1],
  pullback: /* @__PURE__ */ composedPullback([matMulRule, mulRule, transposeRule], function fusedMatMul(context) {
    const { g, attributes } = context;
    return [g.scale(g.matmul(operand(g, context, 0, "A"), operand(g, context, 1, "B")), attributes.float("alpha", 1))];
  }),
};

/** transBatch moves the first axis behind the batch axes, then trans swaps the last two. */
function operand(g: GraphBuilder, { attributes, input }: PullbackContext, i: number, letter: string): Value {
  const axes = Array.from({ length: rankOf(input(i)) }, (_, axis) => axis);
  const batched = attributes.int(`transBatch${letter}`, 0) === 1 ? [...axes.slice(1, -1), 0, ...axes.slice(-1)] : axes;
  const swaps = attributes.int(`trans${letter}`, 0) === 1 && axes.length > 1;
  return g.transpose(input(i), swaps ? [...batched.slice(0, -2), batched.at(-1) as number, batched.at(-2) as number] : batched);
}
