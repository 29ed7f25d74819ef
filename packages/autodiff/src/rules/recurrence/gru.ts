import type { Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { type CellParts, recurrentComposition, recurrentRules } from "../composed/recurrent-composition.ts";
import { RECURRENT_ACTIVATIONS } from "../../sweep/rectifiers/recurrent-rectifiers.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * GRU: H′ = (1 − z) ⊙ c + z ⊙ H with the gates z, r and the candidate c = g(W x + R (r ⊙ H) + b), or g(W x + r ⊙ (R H + b)) with
 * linear_before_reset;  composed of one Scan for each direction.
 */
export const gruRule: GradientRule = {
  op: "GRU",
  since: [7, 14, 22],
  pullback: /* @__PURE__ */ composedPullback(
    recurrentRules,
    recurrentComposition({ gates: 3, states: 1, activations: RECURRENT_ACTIVATIONS.GRU, step: gruStep }),
    { activations: true },
  ),
};

function gruStep({ attributes }: PullbackContext, parts: CellParts, input: Value, [state]: readonly Value[]): readonly Value[] {
  const { g, inner, hidden, clip, weights, bias } = parts;
  const h = state as Value;
  const [f, candidate] = parts.activations.map(
    (write) =>
      (x: Value): Value =>
        write(inner, clip(x)),
  ) as [Gate, Gate];
  const sizes = g.ints([2 * hidden, hidden]);
  const [gateWeights, ownWeights] = g.emit("Split", [weights, sizes], { axis: 0 }, { outputs: 2 }) as [Value, Value];
  const [gateBias, ownBias] = bias === null ? [null, null] : (g.emit("Split", [bias, sizes], { axis: 0 }, { outputs: 2 }) as [Value, Value]);
  const recurrent = (x: Value, matrix: Value, offset: Value | null): Value => {
    const product = inner.matmul(x, g.transpose(matrix, [1, 0]));
    return offset === null ? product : inner.add(product, offset);
  };
  const [gateInput, ownInput] = inner.emit("Split", [input, sizes], { axis: -1 }, { outputs: 2 }) as [Value, Value];
  const gates = f(inner.add(gateInput, recurrent(h, gateWeights, gateBias)));
  const [z, r] = inner.emit("Split", [gates], { axis: -1, num_outputs: 2 }, { outputs: 2 }) as [Value, Value];
  const after = attributes.int("linear_before_reset", 0) === 1;
  const reset = after ? inner.mul(r, recurrent(h, ownWeights, ownBias)) : recurrent(inner.mul(r, h), ownWeights, ownBias);
  const fresh = inner.mul(inner.sub(inner.scalar(1, z), z), candidate(inner.add(ownInput, reset)));
  return [inner.add(fresh, inner.mul(z, h))];
}

type Gate = (x: Value) => Value;
