import { float } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

const x = randomValue(1, [2, 3, 4]);
const image = randomValue(2, [1, 4, 5, 5]);
const filters = randomValue(3, [6, 4, 3, 3]);
const matrix = [randomValue(4, [3, 4]), randomValue(5, [4, 5]), randomValue(6, [5])];

const contributed: readonly NodeCase[] = [
  { name: "", op: "Gelu", inputs: [x] },
  { name: "", op: "BiasGelu", inputs: [x, randomValue(7, [4])] },
  { name: "", op: "FastGelu", inputs: [x] },
  { name: "bias", op: "FastGelu", inputs: [x, randomValue(7, [4])] },
  { name: "default", op: "QuickGelu", inputs: [x] },
  { name: "alpha", op: "QuickGelu", inputs: [x], attributes: { alpha: float(0.5) } },
  {
    name: "",
    op: "SkipLayerNormalization",
    inputs: [x, randomValue(8, [2, 3, 4]), randomValue(9, [4]), randomValue(10, [4]), randomValue(11, [4])],
    attributes: { epsilon: float(0.01) },
    outputs: [true, false, false, true],
  },
  { name: "skip of one batch", op: "SkipLayerNormalization", inputs: [x, randomValue(12, [3, 4]), randomValue(9, [4])], attributes: { epsilon: float(0.01) } },
  {
    name: "",
    op: "SkipSimplifiedLayerNormalization",
    inputs: [x, randomValue(8, [2, 3, 4]), randomValue(9, [4]), randomValue(11, [4])],
    attributes: { epsilon: float(0.01) },
    outputs: [true, false, false, true],
  },
  ...["Relu", "Tanh", "Sigmoid"].map((activation) => ({
    name: activation,
    op: "FusedConv",
    inputs: [image, filters, randomValue(13, [6])],
    attributes: { activation, pads: [1, 1, 1, 1] },
  })),
  {
    name: "LeakyRelu and sum",
    op: "FusedConv",
    inputs: [image, filters, randomValue(13, [6]), randomValue(14, [1, 6, 3, 3])],
    attributes: { activation: "LeakyRelu", activation_params: float([0.3]) },
  },
  { name: "Clip", op: "FusedConv", inputs: [image, filters], attributes: { activation: "Clip", activation_params: float([-0.5, 1]) } },
  { name: "HardSigmoid", op: "FusedConv", inputs: [image, filters], attributes: { activation: "HardSigmoid", activation_params: float([0.3, 0.4]) } },
  ...["Relu", "Tanh", "Sigmoid"].map((activation) => ({ name: activation, op: "FusedGemm", inputs: matrix, attributes: { activation } })),
  { name: "LeakyRelu", op: "FusedGemm", inputs: matrix, attributes: { activation: "LeakyRelu", activation_alpha: float(0.3) } },
  { name: "Elu", op: "FusedGemm", inputs: matrix, attributes: { activation: "Elu", activation_alpha: float(0.3), alpha: float(0.5) } },
  { name: "alpha", op: "FusedMatMul", inputs: [randomValue(15, [2, 3, 4]), randomValue(16, [4, 5])], attributes: { alpha: float(0.5) } },
  { name: "transposed", op: "FusedMatMul", inputs: [randomValue(17, [2, 4, 3]), randomValue(18, [2, 5, 4])], attributes: { transA: 1, transB: 1 } },
  {
    name: "batches transposed",
    op: "FusedMatMul",
    inputs: [randomValue(19, [3, 2, 4]), randomValue(20, [4, 2, 5])],
    attributes: { transBatchA: 1, transBatchB: 1 },
  },
  {
    name: "both transposed",
    op: "FusedMatMul",
    inputs: [randomValue(21, [4, 2, 3]), randomValue(22, [5, 2, 4])],
    attributes: { transBatchA: 1, transBatchB: 1, transA: 1, transB: 1 },
  },
].map((row) => ({ domain: "com.microsoft", ...row }));

const others: readonly NodeCase[] = [
  { name: "", op: "SimplifiedLayerNormalization", inputs: [x, randomValue(9, [4])], attributes: { epsilon: float(0.1) } },
  { name: "per tensor", op: "QuantizeLinear", inputs: [x, value64("float32", [], [0.0625]), value64("uint8", [], [120])] },
  { name: "per axis", op: "QuantizeLinear", inputs: [x, value64("float32", [3], [0.0625, 0.125, 0.03125]), value64("int8", [3], [0, 5, -3])] },
  {
    name: "blocks",
    op: "QuantizeLinear",
    inputs: [
      x,
      value64(
        "float32",
        [2, 3, 2],
        Array.from({ length: 12 }, (_, i) => 2 ** -(3 + (i % 3))),
      ),
      value64("int8", [2, 3, 2]),
    ],
    attributes: { axis: 2, block_size: 2 },
  },
  {
    name: "per axis",
    op: "DequantizeLinear",
    inputs: [value64("uint8", [2, 3], [0, 5, 255, 128, 7, 9]), value64("float32", [3], [0.5, 0.25, 2]), value64("uint8", [3], [1, 2, 128])],
  },
  { name: "per tensor", op: "DequantizeLinear", inputs: [value64("int8", [4], [-128, 0, 5, 127]), value64("float32", [], [0.5])] },
];

describe("fused and quantized operators", () => {
  it.each([...contributed, ...others])("$domain $op $name", expectSameAsOnnxRuntime);
});
