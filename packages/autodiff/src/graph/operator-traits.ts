import type { Activation } from "@xdeep/core";

/**
 * Operators whose outputs are indices, shapes, truth values or random numbers: nothing to differentiate, whatever the input's type.
 * A gradient that meets one stops there.
 */
export const nonDifferentiableOperators: ReadonlySet<string> = new Set([
  "And",
  "ArgMax",
  "ArgMin",
  "Bernoulli",
  "BitShift",
  "BitwiseAnd",
  "BitwiseNot",
  "BitwiseOr",
  "BitwiseXor",
  "BlackmanWindow",
  "Constant",
  "ConstantOfShape",
  "DynamicQuantizeLinear",
  "Equal",
  "EyeLike",
  "Greater",
  "GreaterOrEqual",
  "HammingWindow",
  "HannWindow",
  "IsInf",
  "IsNaN",
  "Less",
  "LessOrEqual",
  "MelWeightMatrix",
  "Multinomial",
  "NonMaxSuppression",
  "NonZero",
  "Not",
  "Or",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
  "Shape",
  "Size",
  "StringConcat",
  "StringNormalizer",
  "StringSplit",
  "TfIdfVectorizer",
  "Xor",
]);

/** Operators whose derivative is zero wherever it exists: piecewise constant functions of a float input. */
export const zeroGradientOperators: ReadonlySet<string> = new Set(["Ceil", "Floor", "Hardmax", "Round", "Sign"]);

/**
 * Operators whose integers stand for real numbers. Gradients pass straight through the rounding of QuantizeLinear (Bengio et al. 2013,
 * arXiv:1308.3432); integer arithmetic between, which has no rules, is refused rather than taken for a constant.
 */
export const quantizedOperators: ReadonlySet<string> = new Set(["QLinearConv", "QLinearMatMul", "QuantizeLinear"]);

/**
 * Operators that may be named as rectifiers: element-wise functions of one input. "Relu6" is Clip(0, 6), "Clip" is every Clip.
 */
export const RECTIFIER_NAMES: readonly string[] = [
  "Celu",
  "Clip",
  "Elu",
  "Gelu",
  "HardSigmoid",
  "HardSwish",
  "LeakyRelu",
  "Mish",
  "PRelu",
  "Relu",
  "Relu6",
  "Selu",
  "Sigmoid",
  "Softplus",
  "Softsign",
  "Swish",
  "Tanh",
  "ThresholdedRelu",
];

/** Operators that turn scores into probabilities at the end of a network, and what they are called in results. */
export const activationOperators: Readonly<Record<string, Activation>> = { LogSoftmax: "log-softmax", Sigmoid: "sigmoid", Softmax: "softmax" };

/** Operators that pass every entry of their first input on as it is, in the same order. */
export const orderKeepingOperators: ReadonlySet<string> = new Set(["Cast", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/** Operators that move the entries of their first input about, leave some out or repeat some, whatever their type. */
export const rearrangingOperators: ReadonlySet<string> = new Set([
  "Compress",
  "Concat",
  "DepthToSpace",
  "Expand",
  "Flatten",
  "Gather",
  "GatherElements",
  "GatherND",
  "Identity",
  "Pad",
  "Reshape",
  "Slice",
  "SpaceToDepth",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Unsqueeze",
]);

/** Operators that read no entry of their input, only its dims. */
export const shapeOnlyOperators: ReadonlySet<string> = new Set(["Shape", "Size"]);

/** Operators that give another result each time. */
export const randomOperators: ReadonlySet<string> = new Set([
  "Bernoulli",
  "Multinomial",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
]);

/** Element-wise operators whose slope is infinite, or no number, at some finite or infinite input. */
export const unboundedSlopeOperators: ReadonlySet<string> = new Set([
  "Acos",
  "Acosh",
  "Asin",
  "Atanh",
  "Div",
  "Exp",
  "Log",
  "Pow",
  "Reciprocal",
  "Sqrt",
  "Tan",
]);
