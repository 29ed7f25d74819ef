/** Kernels that are linear in what depends on the input: cotangents and multipliers pass them as gradients do. */
export const LINEAR: ReadonlySet<string> = new Set(
  (
    "Add AddN AvgPool BatchToSpaceND BroadcastTo Cast Concat Conv2D Conv2DBackpropInput Cumsum DepthToSpace DepthwiseConv2dNative ExpandDims GatherNd GatherV2 Identity " +
    "Mean MirrorPad Neg Pack PadV2 Reshape ResizeBilinear ResizeNearestNeighbor Reverse Slice SpaceToBatchND SplitV StridedSlice Sub Sum Tile Transpose Unpack"
  ).split(" "),
);

/** Products of two values, and squares: their formulas at the mean of two runs are exact. */
export const PRODUCTS: ReadonlySet<string> = new Set(["BatchMatMul", "Einsum", "Multiply", "Square", "SquaredDifference"]);

/** Functions of one value in straight pieces. */
export const PIECEWISE: ReadonlySet<string> = new Set(["Abs", "ClipByValue", "LeakyRelu", "Prelu", "Relu", "Relu6"]);

/** Smooth functions of one value that bend at a scale of their own. */
export const SMOOTH: ReadonlySet<string> = new Set("Asinh Atan Cos Cosh Elu Erf Exp Expm1 Selu Sigmoid Sin Sinh Softplus Tanh".split(" "));

/** Smooth functions of one value that look alike at every scale. */
export const SCALELESS: ReadonlySet<string> = new Set(["Acos", "Acosh", "Asin", "Atanh", "Log", "Log1p", "Pow", "Tan"]);

/** The one input of a function. */
export function operandOf(kernel: string): string {
  return kernel === "Pow" ? "a" : "x";
}
