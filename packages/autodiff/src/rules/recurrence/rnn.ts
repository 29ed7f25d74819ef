import type { Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { type CellParts, recurrentComposition, recurrentRules } from "../composed/recurrent-composition.ts";
import { RECURRENT_ACTIVATIONS } from "../../sweep/rectifiers/recurrent-rectifiers.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/** RNN: H′ = f(W x + R H + b);  composed of one Scan for each direction. */
export const rnnRule: GradientRule = {
  op: "RNN",
  since: [7, 14, 22],
  pullback: /* @__PURE__ */ composedPullback(
    recurrentRules,
    recurrentComposition({ gates: 1, states: 1, activations: RECURRENT_ACTIVATIONS.RNN, step: rnnStep }),
    { activations: true },
  ),
};

function rnnStep(_: PullbackContext, { g, inner, activations, clip, weights, bias }: CellParts, input: Value, [h]: readonly Value[]): readonly Value[] {
  const product = inner.matmul(h as Value, g.transpose(weights, [1, 0]));
  const sums = inner.add(input, bias === null ? product : inner.add(product, bias));
  return [activations[0]!(inner, clip(sums))];
}
