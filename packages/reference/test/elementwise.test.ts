import { describe, it } from "vitest";
import { float } from "@xdeep/onnx";
import { randomValue } from "../src/math/random-value.ts";
import { value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

const x = randomValue(1, [2, 3, 5], { scale: 2 });
const inUnit = randomValue(2, [17], { scale: 0.3 });
const positive = value64(
  "float32",
  [17],
  randomValue(3, [17]).data.map((element) => 1.01 + Math.abs(element)),
);
const integers = value64("int32", [2, 6], [-7, -3, -1, 0, 1, 2, 3, 5, 8, 9, 12, 100]);
const divisors = value64("int32", [6], [3, -2, 5, 7, -4, 3]);
const special = value64("float32", [8], [NaN, Infinity, -Infinity, 0, -0, 0.5, 1.5, -2.5]);
const yes = value64("bool", [2, 1, 3], [1, 0, 1, 1, 0, 0]);
const no = value64("bool", [3], [0, 1, 1]);

function unary(op: string, input = x): NodeCase {
  return { name: "", op, inputs: [input] };
}

const rows: readonly NodeCase[] = [
  ...[
    "Abs",
    "Ceil",
    "Cos",
    "Erf",
    "Exp",
    "Floor",
    "HardSwish",
    "Identity",
    "Mish",
    "Neg",
    "Relu",
    "Round",
    "Sigmoid",
    "Sign",
    "Sin",
    "Softplus",
    "Softsign",
    "Tanh",
  ].map((op) => unary(op)),
  ...["Acos", "Asin", "Asinh", "Atan", "Atanh", "Cosh", "Sinh", "Tan", "Cos"].map((op) => unary(op, inUnit)),
  ...["Acosh", "Log", "Sqrt", "Reciprocal"].map((op) => unary(op, positive)),
  ...["Abs", "Neg", "Sign"].map((op) => unary(op, integers)),
  ...["Relu", "IsNaN", "IsInf", "Sign", "Floor", "Round", "Sigmoid", "Softplus", "Tanh", "Erf"].map((op) => ({
    ...unary(op, special),
    name: "special values",
  })),
  { name: "negative only", op: "IsInf", inputs: [special], attributes: { detect_positive: 0 } },
  { name: "", op: "Not", inputs: [no] },
  { name: "", op: "BitwiseNot", inputs: [integers] },
  { name: "default", op: "Elu", inputs: [x] },
  { name: "alpha", op: "Elu", inputs: [x], attributes: { alpha: float(0.3) } },
  { name: "default", op: "Selu", inputs: [x] },
  { name: "parameters", op: "Selu", inputs: [x], attributes: { alpha: float(2), gamma: float(3) } },
  { name: "default", op: "Celu", inputs: [x] },
  { name: "alpha", op: "Celu", inputs: [x], attributes: { alpha: float(0.7) } },
  { name: "default", op: "LeakyRelu", inputs: [x] },
  { name: "alpha", op: "LeakyRelu", inputs: [x], attributes: { alpha: float(-0.4) } },
  { name: "default", op: "ThresholdedRelu", inputs: [x] },
  { name: "alpha", op: "ThresholdedRelu", inputs: [x], attributes: { alpha: float(0.2) } },
  { name: "default", op: "HardSigmoid", inputs: [x] },
  { name: "parameters", op: "HardSigmoid", inputs: [x], attributes: { alpha: float(0.6), beta: float(0.1) } },
  { name: "default", op: "Shrink", inputs: [x] },
  { name: "parameters", op: "Shrink", inputs: [x], attributes: { lambd: float(1.5), bias: float(0.5) } },
  { name: "default", op: "Swish", inputs: [x], opset: 24 },
  { name: "alpha", op: "Swish", inputs: [x], attributes: { alpha: float(0.4) }, opset: 24 },
  { name: "exact", op: "Gelu", inputs: [x] },
  { name: "tanh", op: "Gelu", inputs: [x], attributes: { approximate: "tanh" } },
  { name: "one slope per channel", op: "PRelu", inputs: [x, randomValue(5, [3, 1])] },
  { name: "both bounds", op: "Clip", inputs: [x, value64("float32", [], [-0.5]), value64("float32", [], [0.8])] },
  { name: "upper bound", op: "Clip", inputs: [x, null, value64("float32", [], [0.8])] },
  { name: "crossed bounds", op: "Clip", inputs: [x, value64("float32", [], [1]), value64("float32", [], [-1])] },
  ...["Add", "Sub", "Mul", "Div"].map((op) => ({ name: "broadcast both ways", op, inputs: [randomValue(6, [2, 1, 5]), randomValue(7, [3, 1])] })),
  ...["Add", "Sub", "Mul", "Div"].map((op) => ({ name: "integers", op, inputs: [integers, divisors] })),
  ...["Add", "Sub", "Mul"].map((op) => ({ name: "scalar", op, inputs: [x, value64("float32", [], [2.5])] })),
  { name: "", op: "Pow", inputs: [positive, inUnit] },
  { name: "integer exponent", op: "Pow", inputs: [x, value64("int64", [], [3])] },
  { name: "integers", op: "Mod", inputs: [integers, divisors] },
  { name: "fmod", op: "Mod", inputs: [x, randomValue(8, [5])], attributes: { fmod: 1 } },
  { name: "fmod of integers", op: "Mod", inputs: [integers, divisors], attributes: { fmod: 1 } },
  ...["And", "Or", "Xor"].map((op) => ({ name: "", op, inputs: [yes, no] })),
  ...["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"].map((op) => ({ name: "integers", op, inputs: [integers, divisors] })),
  ...["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"].map((op) => ({ name: "floats", op, inputs: [special, value64("float32", [1], [0])] })),
  ...["BitwiseAnd", "BitwiseOr", "BitwiseXor"].map((op) => ({ name: "", op, inputs: [integers, divisors] })),
  ...["LEFT", "RIGHT"].map((direction) => ({
    name: direction,
    op: "BitShift",
    inputs: [value64("uint8", [4], [16, 4, 1, 255]), value64("uint8", [4], [1, 2, 3, 1])],
    attributes: { direction },
  })),
  ...["Min", "Max", "Sum", "Mean"].map((op) => ({ name: "three inputs", op, inputs: [x, randomValue(9, [3, 1]), randomValue(10, [5])] })),
  ...["Min", "Max"].map((op) => ({ name: "one input", op, inputs: [x] })),
  ...["Min", "Max"].map((op) => ({ name: "NaN", op, inputs: [special, value64("float32", [8], [1, 1, 1, 1, 1, NaN, 1, 1])] })),
  { name: "broadcast", op: "Where", inputs: [yes, randomValue(11, [2, 1]), randomValue(12, [3])] },
  { name: "to int32", op: "Cast", inputs: [x], attributes: { to: 6 } },
  { name: "to bool", op: "Cast", inputs: [special], attributes: { to: 9 } },
  { name: "to int8, out of range", op: "Cast", inputs: [value64("int32", [4], [127, 128, -129, 300])], attributes: { to: 3 } },
  { name: "", op: "CastLike", inputs: [x, value64("int64", [1], [0])] },
  { name: "inference", op: "Dropout", inputs: [x], outputs: 2 },
];

describe("elementwise operators", () => {
  it.each(rows)("$op $name", expectSameAsOnnxRuntime);
});
