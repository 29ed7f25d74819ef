import type { Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { type CellParts, recurrentComposition, recurrentRules } from "../composed/recurrent-composition.ts";
import { RECURRENT_ACTIVATIONS } from "../../sweep/rectifiers/recurrent-rectifiers.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * LSTM: C′ = f ⊙ C + i ⊙ c, H′ = o ⊙ h(C′) with the gates i, o, f, c of W x + R H + b, and peepholes from C to i and f and from C′ to o;
 * composed of one Scan for each direction.
 */
export const lstmRule: GradientRule = {
  op: "LSTM",
  since: [7, 14, 22],
  pullback: /* @__PURE__ */ composedPullback(
    recurrentRules,
    recurrentComposition({ gates: 4, states: 2, activations: RECURRENT_ACTIVATIONS.LSTM, step: lstmStep }),
    { activations: true },
  ),
};

function lstmStep({ attributes }: PullbackContext, parts: CellParts, input: Value, [h, c]: readonly Value[]): readonly Value[] {
  const { g, inner, clip, weights, bias, peepholes } = parts;
  const [f, candidate] = parts.activations.map(
    (write) =>
      (x: Value): Value =>
        write(inner, clip(x)),
  ) as [Gate, Gate];
  const product = inner.matmul(h as Value, g.transpose(weights, [1, 0]));
  const sums = inner.add(input, bias === null ? product : inner.add(product, bias));
  const [i, o, forget, cell] = inner.emit("Split", [sums], { axis: -1, num_outputs: 4 }, { outputs: 4 }) as [Value, Value, Value, Value];
  const eyes = peepholes === null ? null : g.emit("Split", [peepholes], { axis: 0, num_outputs: 3 }, { outputs: 3 });
  const peeking = (gate: Value, k: number, state: Value): Value => (eyes === null ? gate : inner.add(gate, inner.mul(eyes[k] as Value, state)));
  const old = c as Value;
  const write = f(peeking(i, 0, old));
  const keep = attributes.int("input_forget", 0) === 1 ? inner.sub(inner.scalar(1, write), write) : f(peeking(forget, 2, old));
  const next = inner.add(inner.mul(keep, old), inner.mul(write, candidate(cell)));
  const show = parts.activations[2] as CellParts["activations"][number];
  return [inner.mul(f(peeking(o, 1, next)), show(inner, next)), next];
}

type Gate = (x: Value) => Value;
