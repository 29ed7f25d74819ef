import { alongReduced } from "../../formulas/reduction.ts";
import { toOperand } from "../../sweep/operands.ts";
import type { GradientRule, Pullback } from "../../sweep/rule.ts";
import { branchRescale, extremumRescale, loopRescale, maxPoolRescale, pairwiseRescale, topKRescale, whereRescale } from "./choices.ts";
import { instanceNormalization, layerNormalization, localResponseNormalization, reducedSum } from "./compositions.ts";
import { absolute, closed, exact, relative, rescaled, rescaledSum } from "./elementwise.ts";
import { powerRescale } from "./power.ts";
import { product, quotient } from "./products.ts";
import { quotientOf } from "./quotient.ts";
import { logSoftmaxRescale, logSumExpRescale, softmaxRescale } from "./softmax.ts";

type Adaptation = (found: GradientRule) => Pullback;

/** Operators that are linear in what depends on the input, and those that are composed of others: their own rules hold. */
export const UNCHANGED: ReadonlySet<string> = new Set(
  (
    "Add AffineGrid Attention AveragePool BatchNormalization Cast CastLike CenterCropPad Col2Im Compress Concat CumSum DFT DepthToSpace DequantizeLinear Dropout " +
    "Expand Flatten GRU Gather GatherElements GatherND GlobalAveragePool GlobalLpPool GridSample GroupNormalization Identity LSTM LpNormalization LpPool Mean " +
    "MeanVarianceNormalization Neg Pad QuantizeLinear RMSNormalization RNN ReduceMean ReduceSum Reshape Resize ReverseSequence RoiAlign RotaryEmbedding STFT Scan " +
    "ScatterElements ScatterND SimplifiedLayerNormalization Slice SpaceToDepth Split Squeeze Sub Sum Tile Transpose Trilu Unsqueeze " +
    "com.microsoft:Attention com.microsoft:MultiHeadAttention com.microsoft:RotaryEmbedding com.microsoft:SkipLayerNormalization " +
    "com.microsoft:SkipSimplifiedLayerNormalization com.microsoft:FusedMatMul"
  ).split(" "),
);

/** Products of several operands, linear in each. */
export const PRODUCTS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul", "Mul"]);

/** Operands that may depend on the input, other than the first alone. */
export const DATA: ReadonlyMap<string, "all" | readonly number[]> = new Map<string, "all" | readonly number[]>([
  ...(
    "Add Attention Concat Div If Loop Max Mean Min Pow Scan Sub Sum Where com.microsoft:Attention com.microsoft:MultiHeadAttention com.microsoft:SkipLayerNormalization " +
    "com.microsoft:SkipSimplifiedLayerNormalization com.microsoft:FusedMatMul"
  )
    .split(" ")
    .map((op) => [op, "all"] as const),
  ...[...PRODUCTS].map((op) => [op, "all"] as const),
  ["GRU", [0, 5]],
  ["RNN", [0, 5]],
  ["LSTM", [0, 5, 6]],
  ["Pad", [0, 2]],
  ["ScatterElements", [0, 2]],
  ["ScatterND", [0, 2]],
]);

/** The rescale rule by operator. */
export const RESCALED: ReadonlyMap<string, Adaptation> = new Map<string, Adaptation>([
  ...[...PRODUCTS].map((op) => [op, product] as const),
  ...["CumProd", "Det", "ReduceProd"].map((op) => [op, product] as const),
  ["Div", quotient],
  ...["Abs", "Clip", "HardSigmoid", "LeakyRelu", "Mod", "PRelu", "Relu", "Shrink", "ThresholdedRelu"].map((op) => [op, rescaled(exact)] as const),
  ..."Asinh Atan Celu Cos Cosh Elu Erf Exp Gelu HardSwish Mish Selu Sigmoid Sin Sinh Softplus Softsign Swish Tanh com.microsoft:Gelu com.microsoft:QuickGelu"
    .split(" ")
    .map((op) => [op, rescaled(absolute)] as const),
  ...["Acos", "Acosh", "Asin", "Atanh", "Log", "Tan"].map((op) => [op, rescaled(relative)] as const),
  ["com.microsoft:BiasGelu", rescaledSum],
  ["com.microsoft:FastGelu", rescaledSum],
  ["Sqrt", closed(({ g, input, output, twin }) => quotientOf(g, g.fillLike(input(0), 1), g.add(output(0), twin(output(0)))))],
  ["Reciprocal", closed(({ g, output, twin }) => g.neg(g.mul(output(0), twin(output(0)))))],
  ["Pow", powerRescale],
  ["ReduceSumSquare", overReduced((context) => context.g.add(context.input(0), context.twin(context.input(0))))],
  [
    "ReduceL2",
    overReduced((context) => {
      const { g, input, output, twin } = context;
      return quotientOf(g, g.add(input(0), twin(input(0))), alongReduced(context, g.add(output(0), twin(output(0)))));
    }),
  ],
  ["ReduceL1", reducedSum("ReduceL1")],
  ["ReduceLogSum", reducedSum("ReduceLogSum")],
  ["ReduceLogSumExp", logSumExpRescale],
  ["Softmax", softmaxRescale],
  ["LogSoftmax", logSoftmaxRescale],
  ["MaxPool", maxPoolRescale],
  ["GlobalMaxPool", maxPoolRescale],
  ["ReduceMax", extremumRescale("ReduceMax")],
  ["ReduceMin", extremumRescale("ReduceMin")],
  ["Max", pairwiseRescale("Max")],
  ["Min", pairwiseRescale("Min")],
  ["TopK", topKRescale],
  ["Where", whereRescale],
  ["If", branchRescale],
  ["Loop", loopRescale],
  ["LayerNormalization", layerNormalization],
  ["InstanceNormalization", instanceNormalization],
  ["LRN", localResponseNormalization],
]);

/** m along the axes that were reduced, times a factor of each entry. */
function overReduced(factor: (context: Parameters<Pullback>[0]) => ReturnType<typeof quotientOf>): Adaptation {
  return () =>
    function overReducedPullback(context) {
      return toOperand(context, 0, context.g.mul(alongReduced(context, context.cotangent(0)), factor(context)));
    };
}
