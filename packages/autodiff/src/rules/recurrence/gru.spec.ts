import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";
import { recurrentInputs } from "./rnn.spec.ts";

const base = { op: "GRU", outputs: 2, attributes: { hidden_size: 4 } };
const two = { hidden_size: 4, direction: "bidirectional" };

export const rows: readonly RuleSpec[] = [
  { ...base, name: "all inputs", inputs: recurrentInputs(3, 1) },
  { ...base, name: "neither bias nor initial state", inputs: recurrentInputs(3, 1, { bias: false, start: false }) },
  { ...base, name: "reset after the product", inputs: recurrentInputs(3, 1), attributes: { hidden_size: 4, linear_before_reset: 1 } },
  { ...base, name: "reset after the product, no bias", inputs: recurrentInputs(3, 1, { bias: false }), attributes: { hidden_size: 4, linear_before_reset: 1 } },
  { ...base, name: "reverse", inputs: recurrentInputs(3, 1), attributes: { hidden_size: 4, direction: "reverse" } },
  { ...base, name: "bidirectional, reset after the product", inputs: recurrentInputs(3, 2), attributes: { ...two, linear_before_reset: 1 } },
  { ...base, name: "sequences of several lengths, both directions", inputs: recurrentInputs(3, 2, { lengths: [2, 3] }), attributes: two },
  { ...base, name: "batch first", inputs: recurrentInputs(3, 1, { batchFirst: true }), attributes: { hidden_size: 4, layout: 1 }, engine: false },
  { ...base, name: "clip", inputs: recurrentInputs(3, 1), attributes: { hidden_size: 4, clip: float(0.7) } },
  {
    ...base,
    name: "other activations",
    inputs: recurrentInputs(3, 1),
    attributes: { hidden_size: 4, activations: ["HardSigmoid", "Softsign"], activation_alpha: float([0.3]), activation_beta: float([0.4]) },
  },
];
