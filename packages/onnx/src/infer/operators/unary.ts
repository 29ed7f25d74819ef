import type { DataType } from "@xdeep/core";
import { dataTypeName } from "../../files/data-type.ts";
import type { Dim, Facts } from "../../graphs/facts.ts";
import { multiplyDims } from "../dim-arithmetic.ts";
import { elementOfType, factsWithElements } from "../elements.ts";
import { type InferenceRule, type InferenceRules, type NodeView, tensor } from "../rule.ts";

const keepsShape: InferenceRule = (node) => [tensor(node.type(0), node.dims(0))];
const predicate: InferenceRule = (node) => [tensor("bool", node.dims(0))];

/** Operators whose output has the shape of their first input. */
export const unaryRules: InferenceRules = {
  Acos: keepsShape,
  Acosh: keepsShape,
  Asin: keepsShape,
  Asinh: keepsShape,
  Atan: keepsShape,
  Atanh: keepsShape,
  Cos: keepsShape,
  Cosh: keepsShape,
  Sin: keepsShape,
  Sinh: keepsShape,
  Tan: keepsShape,
  Tanh: keepsShape,
  Erf: keepsShape,
  Exp: keepsShape,
  Log: keepsShape,
  Sqrt: numeric(Math.sqrt),
  Reciprocal: numeric((x) => 1 / x),
  Abs: numeric(Math.abs),
  Sign: numeric(Math.sign),
  Neg: (node) => [mapped(node, node.type(0), (x) => (typeof x === "number" ? -x : multiplyDims(x, -1)))],
  Floor: rounding(Math.floor),
  Ceil: rounding(Math.ceil),
  Round: rounding(roundHalfToEven),
  Identity: (node) => [node.input(0)],
  Not: (node) => [mapped(node, "bool", (x) => (typeof x === "number" ? Number(x === 0) : null))],
  BitwiseNot: keepsShape,
  IsInf: predicate,
  IsNaN: predicate,
  Cast: (node) => [cast(node, dataTypeName(node.attributes.int("to", 0)))],
  CastLike: (node) => [cast(node, node.type(1))],
  BitCast: (node) => [tensor(dataTypeName(node.attributes.int("to", 0)), node.dims(0))],
  Clip: (node) => [clip(node)],
  // Until opset 10 the mask had the type of the data.
  Dropout: (node) => [tensor(node.type(0), node.dims(0)), tensor(node.context.opset < 10 ? node.type(0) : "bool", node.dims(0))],
  Relu: keepsShape,
  LeakyRelu: keepsShape,
  ThresholdedRelu: keepsShape,
  Elu: keepsShape,
  Selu: keepsShape,
  Celu: keepsShape,
  Sigmoid: keepsShape,
  HardSigmoid: keepsShape,
  HardSwish: keepsShape,
  Swish: keepsShape,
  Mish: keepsShape,
  Gelu: keepsShape,
  Softplus: keepsShape,
  Softsign: keepsShape,
  Shrink: keepsShape,
  Softmax: keepsShape,
  LogSoftmax: keepsShape,
  Hardmax: keepsShape,
  CumSum: keepsShape,
  CumProd: keepsShape,
  Trilu: keepsShape,
  ReverseSequence: keepsShape,
  LRN: keepsShape,
  LpNormalization: keepsShape,
  MeanVarianceNormalization: keepsShape,
  InstanceNormalization: keepsShape,
  GroupNormalization: keepsShape,
  RMSNormalization: keepsShape,
};

/** Applies `operation` to the elements of a small first input. */
function mapped(node: NodeView, type: DataType | null, operation: (x: Dim) => Dim): Facts {
  const operand = node.elements(0);
  return factsWithElements(type, node.dims(0), operand && operand.values.map((value) => elementOfType(type, operation(value))));
}

function numeric(operation: (x: number) => number): InferenceRule {
  return (node) => [mapped(node, node.type(0), (x) => (typeof x === "number" ? operation(x) : null))];
}

/** Symbols are whole already. */
function rounding(operation: (x: number) => number): InferenceRule {
  return (node) => [mapped(node, node.type(0), (x) => (typeof x === "number" ? operation(x) : x))];
}

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function cast(node: NodeView, type: DataType | null): Facts {
  const to = (x: Dim): Dim => {
    if (typeof x !== "number" || type === null) return x;
    if (type === "bool") return Number(x !== 0);
    return type.includes("int") ? Math.trunc(x) : x;
  };
  if (type === node.type(0) && type !== null) return node.input(0);
  return type === null || type === "string"
    ? tensor(type, node.dims(0))
    : mapped(node, type, type === "bool" ? (x) => (typeof x === "number" ? to(x) : null) : to);
}

function clip(node: NodeView): Facts {
  const low = node.has(1) ? node.number(1) : Number.NEGATIVE_INFINITY;
  const high = node.has(2) ? node.number(2) : Number.POSITIVE_INFINITY;
  if (low === null || high === null || node.attributes.has("min") || node.attributes.has("max")) return tensor(node.type(0), node.dims(0));
  return mapped(node, node.type(0), (x) => (typeof x === "number" ? Math.min(Math.max(x, low), high) : null));
}
