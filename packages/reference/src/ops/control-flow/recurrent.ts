import type { OperatorTable } from "../../operator-call.ts";
import type { OperatorCall } from "../../operator-call.ts";
import { type Cell, type DirectionWeights, runRecurrence } from "../../math/recurrence.ts";

/** H′ = f(W x + R H + b). */
function rnnCell({ activations, clip, inputBias, stateBias, fromInput, fromState }: DirectionWeights): Cell {
  return (x, [h]) => {
    const recurrent = fromState(h!);
    return [fromInput(x).map((value, i) => activations[0]!(clip(value + recurrent[i]! + inputBias[i]! + stateBias[i]!)))];
  };
}

/** Gates z, r, h: H′ = (1 − z) h + z H; h sees r H before R, or r (R H) after it (linear_before_reset). */
function gruCell({ hidden, activations, clip, inputBias, stateBias, fromInput, fromState }: DirectionWeights, call: OperatorCall): Cell {
  const [f, g] = activations as [(x: number) => number, (x: number) => number];
  const after = call.flag("linear_before_reset");
  return (x, [state]) => {
    const h = state!;
    const input = fromInput(x).map((value, i) => value + inputBias[i]!);
    const recurrent = fromState(h).map((value, i) => value + stateBias[i]!);
    const gate = (k: number, i: number): number => f(clip(input[k * hidden + i]! + recurrent[k * hidden + i]!));
    const reset = h.map((value, i) => gate(1, i) * value);
    const fromReset = fromState(reset);
    return [
      h.map((old, i) => {
        const at = 2 * hidden + i;
        const candidate = after ? gate(1, i) * recurrent[at]! : fromReset[at]! + stateBias[at]!;
        const z = gate(0, i);
        return (1 - z) * g(clip(input[at]! + candidate)) + z * old;
      }),
    ];
  };
}

/** Gates i, o, f, c: C′ = f C + i c; H′ = o h(C′), with peepholes from C to i and f and from C′ to o. */
function lstmCell({ hidden, activations, clip, inputBias, stateBias, peepholes, fromInput, fromState }: DirectionWeights, call: OperatorCall): Cell {
  const [f, g, h] = activations as [(x: number) => number, (x: number) => number, (x: number) => number];
  const coupled = call.flag("input_forget");
  return (x, [hiddenState, cellState]) => {
    const recurrent = fromState(hiddenState!);
    const sums = fromInput(x).map((value, i) => value + recurrent[i]! + inputBias[i]! + stateBias[i]!);
    const gate = (k: number, peephole: number, i: number, cell: number): number => f(clip(sums[k * hidden + i]! + peepholes[peephole * hidden + i]! * cell));
    const next = cellState!.map((old, i) => {
      const input = gate(0, 0, i, old);
      const forget = coupled ? 1 - input : gate(2, 2, i, old);
      return forget * old + input * g(clip(sums[3 * hidden + i]!));
    });
    return [next.map((cell, i) => gate(1, 1, i, cell) * h(cell)), next];
  };
}

/** Recurrent layers. */
export const recurrentOperators: OperatorTable = {
  GRU: (call) => runRecurrence(call, { gates: 3, stateCount: 1, activations: ["Sigmoid", "Tanh"], cell: gruCell }),
  LSTM: (call) => runRecurrence(call, { gates: 4, stateCount: 2, activations: ["Sigmoid", "Tanh", "Tanh"], cell: lstmCell }),
  RNN: (call) => runRecurrence(call, { gates: 1, stateCount: 1, activations: ["Tanh"], cell: rnnCell }),
};
