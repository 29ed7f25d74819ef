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
export const quantizedOperators: ReadonlySet<string> = new Set([
  "ConvInteger",
  "DynamicQuantizeLinear",
  "MatMulInteger",
  "QLinearConv",
  "QLinearMatMul",
  "QuantizeLinear",
]);
