import type { Dim, Facts } from "../../graphs/facts.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Recurrent layers: Y of all steps, then the last state, and for LSTM the last cell. */
export const rnnRules: InferenceRules = { RNN: recurrent, GRU: recurrent, LSTM: recurrent };

function recurrent(node: NodeView): readonly Facts[] {
  const input = node.dims(0);
  if (input !== null && input.length !== 3) throw node.invalid(`the input has rank ${input.length}, expected 3`);
  const batchFirst = node.attributes.int("layout", 0) === 1;
  const [steps, batch] = (batchFirst ? [input?.[1], input?.[0]] : [input?.[0], input?.[1]]).map((dim) => dim ?? null) as [Dim, Dim];
  const directions = node.attributes.string("direction", "forward") === "bidirectional" ? 2 : 1;
  const hidden = node.attributes.int("hidden_size") ?? node.dims(2)?.[2] ?? null;
  const state = tensor(node.type(0), batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]);
  return [tensor(node.type(0), batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]), state, state];
}
