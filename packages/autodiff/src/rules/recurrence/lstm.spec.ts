import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";
import { recurrentInputs } from "./rnn.spec.ts";

const base = { op: "LSTM", outputs: 3, attributes: { hidden_size: 4 } };
const two = { hidden_size: 4, direction: "bidirectional" };
const inputs = (directions: number, options: Parameters<typeof recurrentInputs>[2] = {}): RuleSpec["inputs"] =>
  recurrentInputs(4, directions, { states: 2, ...options });

export const rows: readonly RuleSpec[] = [
  { ...base, name: "all inputs but peepholes", inputs: inputs(1) },
  { ...base, name: "only X, W and R", inputs: inputs(1, { bias: false, start: false }) },
  { ...base, name: "only Y", inputs: inputs(1), outputs: 1 },
  { ...base, name: "one value as both states", outputs: 1, inputs: inputs(1).map((input, i) => (input !== null && i === 6 ? { ...input, sameAs: 5 } : input)) },
  { ...base, name: "peepholes", inputs: inputs(1, { peepholes: true }) },
  { ...base, name: "peepholes, input and forget gates coupled", inputs: inputs(1, { peepholes: true }), attributes: { hidden_size: 4, input_forget: 1 } },
  { ...base, name: "input and forget gates coupled", inputs: inputs(1), attributes: { hidden_size: 4, input_forget: 1 } },
  { ...base, name: "reverse", inputs: inputs(1), attributes: { hidden_size: 4, direction: "reverse" } },
  { ...base, name: "bidirectional", inputs: inputs(2), attributes: two },
  { ...base, name: "sequences of several lengths, both directions", inputs: inputs(2, { lengths: [1, 3] }), attributes: two },
  { ...base, name: "batch first", inputs: inputs(2, { batchFirst: true }), attributes: { ...two, layout: 1 }, engine: false },
  { ...base, name: "clip", inputs: inputs(1, { peepholes: true }), attributes: { hidden_size: 4, clip: float(0.7) } },
  {
    ...base,
    name: "other activations, both directions",
    inputs: inputs(2),
    attributes: {
      ...two,
      activations: ["HardSigmoid", "Softsign", "Tanh", "Sigmoid", "Tanh", "Affine"],
      activation_alpha: float([0.3, 0.5]),
      activation_beta: float([0.4, 0.25]),
    },
  },
];
