import { float } from "@xdeep/onnx";
import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const [steps, batch, size, hidden] = [3, 2, 3, 4];

/** X, W, R, and where asked for B, sequence_lens and the initial state. */
export function recurrentInputs(
  gates: number,
  directions: number,
  { bias = true, lengths, start = true, batchFirst = false, states = 1, peepholes = false }: RecurrentInputs = {},
): RuleSpec["inputs"] {
  const domain = [-1, 1] as const;
  const state = start ? { dims: batchFirst ? [batch, directions, hidden] : [directions, batch, hidden], domain } : null;
  return [
    { dims: batchFirst ? [batch, steps, size] : [steps, batch, size], domain },
    { dims: [directions, gates * hidden, size], domain },
    { dims: [directions, gates * hidden, hidden], domain },
    bias ? { dims: [directions, 2 * gates * hidden], domain } : null,
    lengths === undefined ? null : { ...ints(lengths), type: "int32" },
    ...Array.from({ length: states }, () => state),
    ...(peepholes ? [{ dims: [directions, 3 * hidden], domain }] : []),
  ];
}

interface RecurrentInputs {
  readonly bias?: boolean;
  readonly lengths?: readonly number[];
  readonly start?: boolean;
  readonly batchFirst?: boolean;
  readonly states?: number;
  readonly peepholes?: boolean;
}

const base = { op: "RNN", outputs: 2, attributes: { hidden_size: hidden } };
const two = { hidden_size: hidden, direction: "bidirectional" };

export const rows: readonly RuleSpec[] = [
  { ...base, name: "all inputs", inputs: recurrentInputs(1, 1) },
  { ...base, name: "neither bias nor initial state", inputs: recurrentInputs(1, 1, { bias: false, start: false }) },
  { ...base, name: "no hidden_size", inputs: recurrentInputs(1, 1), attributes: {}, dynamic: false, engine: false },
  { ...base, name: "reverse", inputs: recurrentInputs(1, 1), attributes: { hidden_size: hidden, direction: "reverse" } },
  { ...base, name: "bidirectional", inputs: recurrentInputs(1, 2), attributes: two },
  { ...base, name: "sequences of several lengths", inputs: recurrentInputs(1, 1, { lengths: [3, 1] }) },
  { ...base, name: "sequences of several lengths, both directions", inputs: recurrentInputs(1, 2, { lengths: [1, 2] }), attributes: two },
  { ...base, name: "batch first", inputs: recurrentInputs(1, 2, { batchFirst: true }), attributes: { ...two, layout: 1 }, engine: false },
  { ...base, name: "clip", inputs: recurrentInputs(1, 1), attributes: { hidden_size: hidden, clip: float(0.7) } },
  {
    ...base,
    name: "ReLU one way, affine the other",
    inputs: recurrentInputs(1, 2),
    attributes: { ...two, activations: ["Relu", "Affine"], activation_alpha: float([0.5]), activation_beta: float([0.25]) },
  },
  {
    ...base,
    name: "leaky ReLU and scaled tanh",
    inputs: recurrentInputs(1, 2),
    attributes: { ...two, activations: ["LeakyRelu", "ScaledTanh"], activation_alpha: float([0.2, 1.5]), activation_beta: float([0.75]) },
  },
  {
    ...base,
    name: "ELU and hard sigmoid",
    inputs: recurrentInputs(1, 2),
    attributes: { ...two, activations: ["Elu", "HardSigmoid"], activation_alpha: float([0.9, 0.3]), activation_beta: float([0.4]) },
  },
  { ...base, name: "softsign and softplus", inputs: recurrentInputs(1, 2), attributes: { ...two, activations: ["Softsign", "Softplus"] } },
  {
    ...base,
    name: "thresholded ReLU and sigmoid",
    inputs: recurrentInputs(1, 2),
    attributes: { ...two, activations: ["ThresholdedRelu", "Sigmoid"], activation_alpha: float([0.1]) },
  },
  {
    ...base,
    name: "constant weights",
    inputs: recurrentInputs(1, 1).map((input, i) => (input !== null && i > 0 && i < 4 ? { ...input, constant: true } : input)),
  },
  { ...base, name: "at the newest opset", inputs: recurrentInputs(1, 1), opset: 25 },
];
