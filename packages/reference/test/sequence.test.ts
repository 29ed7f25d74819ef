import { type AttributeValue, float } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { type Value64, scalar64, value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

const [STEPS, BATCH, SIZE, HIDDEN] = [5, 3, 4, 2];
const x = randomValue(1, [STEPS, BATCH, SIZE]);
const lengths = value64("int32", [BATCH], [5, 2, 4]);
const GATES = { RNN: 1, GRU: 3, LSTM: 4 } as const;
type Layer = keyof typeof GATES;
const layers = Object.keys(GATES) as Layer[];

function weights(op: Layer, directions: number): readonly Value64[] {
  const rows = GATES[op] * HIDDEN;
  return [randomValue(2, [directions, rows, SIZE]), randomValue(3, [directions, rows, HIDDEN]), randomValue(4, [directions, 2 * rows])];
}

function states(op: Layer, directions: number): readonly Value64[] {
  const first = randomValue(5, [directions, BATCH, HIDDEN]);
  return op === "LSTM" ? [first, randomValue(6, [directions, BATCH, HIDDEN])] : [first];
}

function layer(op: Layer, name: string, inputs: readonly (Value64 | null)[], attributes: Readonly<Record<string, AttributeValue>> = {}): NodeCase {
  return { op, name, inputs, attributes: { hidden_size: HIDDEN, ...attributes }, outputs: op === "LSTM" ? 3 : 2 };
}

const common: readonly NodeCase[] = layers.flatMap((op) => [
  layer(op, "plain", [x, ...weights(op, 1).slice(0, 2)]),
  layer(op, "reverse, lengths", [x, ...weights(op, 1), lengths], { direction: "reverse" }),
  layer(op, "bidirectional, lengths, initial states", [x, ...weights(op, 2), lengths, ...states(op, 2)], { direction: "bidirectional" }),
  layer(op, "clip", [x, ...weights(op, 1)], { clip: float(0.4) }),
]);

const activations: readonly NodeCase[] = [
  layer("RNN", "activation", [x, ...weights("RNN", 1)], { activations: ["LeakyRelu"], activation_alpha: float([0.3]) }),
  layer("RNN", "two activations", [x, ...weights("RNN", 2)], { direction: "bidirectional", activations: ["Relu", "Softsign"] }),
  layer("RNN", "activation with two parameters", [x, ...weights("RNN", 1)], {
    activations: ["ScaledTanh"],
    activation_alpha: float([0.7]),
    activation_beta: float([1.3]),
  }),
  layer("GRU", "activations", [x, ...weights("GRU", 1)], {
    activations: ["HardSigmoid", "Softplus"],
    activation_alpha: float([0.3]),
    activation_beta: float([0.4]),
  }),
  layer("GRU", "linear_before_reset", [x, ...weights("GRU", 2), null, ...states("GRU", 2)], { direction: "bidirectional", linear_before_reset: 1 }),
  layer("LSTM", "activations", [x, ...weights("LSTM", 1)], {
    activations: ["HardSigmoid", "Elu", "Affine"],
    activation_alpha: float([0.3, 0.6, 0.7]),
    activation_beta: float([0.4, 0.1]),
  }),
  layer("LSTM", "peepholes", [x, ...weights("LSTM", 2), null, ...states("LSTM", 2), randomValue(7, [2, 3 * HIDDEN])], { direction: "bidirectional" }),
  layer("LSTM", "input_forget", [x, ...weights("LSTM", 1)], { input_forget: 1 }),
];

const losses: readonly NodeCase[] = ["none", "sum", "mean"].flatMap((reduction) =>
  ["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"].flatMap((op) => [
    { name: reduction, op, inputs: [randomValue(8, [4, 3]), value64("int64", [4], [2, 0, 1, 1])], attributes: { reduction } },
    {
      name: `${reduction}, weights, spatial, ignore_index`,
      op,
      inputs: [randomValue(9, [2, 3, 2, 2]), value64("int64", [2, 2, 2], [2, 0, 1, 1, 0, 2, 1, 1]), randomValue(10, [3], { mean: 2, scale: 0.2 })],
      attributes: { reduction, ignore_index: 1 },
    },
  ]),
);

const signal = randomValue(11, [2, 16, 1]);
const window = randomValue(12, [8]);
const signals: readonly NodeCase[] = [
  ...[0, 1].map((onesided) => ({
    name: `real, onesided ${onesided}`,
    op: "DFT",
    inputs: [randomValue(13, [2, 7, 3, 1]), null, scalar64("int64", 1)],
    attributes: { onesided },
  })),
  ...[0, 1].map((inverse) => ({ name: `complex, inverse ${inverse}`, op: "DFT", inputs: [randomValue(14, [2, 3, 6, 2])], attributes: { inverse } })),
  { name: "longer", op: "DFT", inputs: [randomValue(15, [1, 6, 1]), scalar64("int64", 9)] },
  { name: "shorter", op: "DFT", inputs: [randomValue(15, [1, 6, 1]), scalar64("int64", 4)] },
  { name: "axis attribute", op: "DFT", inputs: [randomValue(16, [2, 5, 3, 2])], attributes: { axis: 1 }, opset: 18 },
  ...[0, 1].map((onesided) => ({ name: `window, onesided ${onesided}`, op: "STFT", inputs: [signal, scalar64("int64", 3), window], attributes: { onesided } })),
  { name: "frame length", op: "STFT", inputs: [signal, scalar64("int64", 4), null, scalar64("int64", 8)] },
  ...["HannWindow", "HammingWindow", "BlackmanWindow"].flatMap((op) =>
    [0, 1].map((periodic) => ({ name: `periodic ${periodic}`, op, inputs: [scalar64("int64", 9)], attributes: { periodic } })),
  ),
  {
    name: "",
    op: "MelWeightMatrix",
    inputs: [scalar64("int64", 8), scalar64("int64", 64), scalar64("int64", 8192), scalar64("float32", 0), scalar64("float32", 4096)],
  },
];

describe("sequences, losses and signals", () => {
  it.each([...common, ...activations, ...losses, ...signals])("$op $name", expectSameAsOnnxRuntime);
});
