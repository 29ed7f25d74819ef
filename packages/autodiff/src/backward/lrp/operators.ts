import { Attributes, type GraphBuilder, type NodeProto, type Value } from "@xdeep/onnx";
import { meanOver, normalized, perChannel } from "../../formulas/normalize.ts";
import { spatialAxes } from "../../formulas/windows/conv-geometry.ts";
import { normalizedAxes } from "../../rules/normalization/layer-normalization.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { held } from "../../sweep/lowering.ts";
import { toOperand, wantedOperands } from "../../sweep/operands.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";
import { quotientOf } from "../deeplift/quotient.ts";
import { isDeviation } from "./deviation.ts";
import { isGate } from "./gates.ts";
import { stabilized } from "./layer-rules.ts";

/** How relevance passes what is no linear layer: by AttnLRP's rules, or by CP-LRP's, where gates and softmax take none. */
export type Gates = "half" | "none";

/** Operators that cotangents pass as in the gradient: linear in what depends on the input, homogeneous of degree one, or composed of others. */
const AS_GRADIENT: ReadonlySet<string> = new Set(
  (
    "Abs Add AffineGrid Attention AveragePool Cast CastLike CenterCropPad Col2Im Compress Concat Conv ConvTranspose CumSum DFT DepthToSpace DequantizeLinear Dropout " +
    "Einsum Expand FusedMatMul Flatten GRU Gather GatherElements GatherND Gemm GlobalAveragePool GlobalMaxPool GridSample GroupNormalization Identity If LSTM LeakyRelu Loop MatMul Max MaxPool " +
    "Mean Min Mul Neg PRelu Pad QuantizeLinear RMSNormalization RNN ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Resize ReverseSequence " +
    "RoiAlign RotaryEmbedding STFT Scan ScatterElements ScatterND SimplifiedLayerNormalization Slice SpaceToDepth Split Squeeze Sub Sum Tile Transpose Trilu Unsqueeze " +
    "Where Softmax LogSoftmax com.microsoft:Attention com.microsoft:FusedMatMul com.microsoft:MultiHeadAttention com.microsoft:RotaryEmbedding com.microsoft:SkipLayerNormalization " +
    "com.microsoft:SkipSimplifiedLayerNormalization"
  ).split(" "),
);

/** Functions of one value: c̄ = c f(x) / x, so that R passes as it is. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "Acos Acosh Asin Asinh Atan Atanh Celu Clip Cos Cosh Elu Erf Exp Gelu HardSigmoid HardSwish Log Mish Pow Reciprocal Selu Shrink Sigmoid Sin Sinh Softplus " +
    "Softsign Sqrt Swish Tan Tanh ThresholdedRelu com.microsoft:Gelu com.microsoft:QuickGelu"
  ).split(" "),
);

const PRODUCTS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul", "Mul", "com.microsoft:FusedMatMul"]);

/** The rule of an operator, or null where LRP has none. */
export function operatorRule(
  key: string,
  found: GradientRule,
  node: NodeProto,
  { gates, epsilon, of }: { readonly gates: Gates; readonly epsilon: number; readonly of: string },
): GradientRule | null {
  const change = (pullback: Pullback): GradientRule => ({ ...found, pullback });
  // The softmax that is explained itself is no gate.
  if (key === "Softmax") return gates === "none" && node.output[0] !== of ? change(({ inputCount }) => Array.from({ length: inputCount }, () => held)) : found;
  if (PRODUCTS.has(key)) return change(product(found, gates));
  if (key === "Div") return change(quotient(found));
  if (key === "LayerNormalization") return change(layerNormalization);
  if (key === "InstanceNormalization") return change(instanceNormalization);
  if (key === "BatchNormalization") return new Attributes(node).int("training_mode", 0) === 1 ? null : change(scaling(found, epsilon));
  if (FUNCTIONS.has(key)) return change(identity);
  return AS_GRADIENT.has(key) ? found : null;
}

/** c̄ = c f(x) / x, 0 at x = 0. x is the one operand that depends on what is attributed to: the exponent of a constant, too. */
export function identity(context: PullbackContext): readonly (Value | null)[] {
  const { g, node, input, output, cotangent } = context;
  const [place = 0, ...others] = wantedOperands(context);
  if (others.length > 0) throw unsupportedNode(node, "several of its inputs depend on what is attributed to, and LRP has a rule for one.");
  return toOperand(context, place, g.mul(cotangent(0), quotientOf(g, output(0), input(place))));
}

/**
 * Products of two values: half of the gradient to each, or all to what is not the gate. A deviation that only scales counts as a constant; so does everything that does not depend on what
 * is attributed to.
 */
function product(found: GradientRule, gates: Gates): Pullback {
  return function productPullback(context) {
    const { node, g, wants } = context;
    const factors = wantedOperands(context);
    if (factors.length < 2) return found.pullback(context);
    const constant = factors.find((i) => node.opType === "Mul" && isDeviation(context, context.input(i).name));
    const gate = constant ?? (gates === "none" ? factors.find((i) => isGate(context, context.input(i).name)) : undefined);
    if (gate === undefined) return found.pullback({ ...context, cotangent: (i) => g.scale(context.cotangent(i), 0.5) });
    return found.pullback({ ...context, wants: (i) => i !== gate && wants(i) }).map((value, i) => (i === gate ? held : value));
  };
}

/** a / b: a constant where b is a deviation, else the product of a and 1 / b, half to each. */
function quotient(found: GradientRule): Pullback {
  return function quotientPullback(context) {
    const { g, input, output, cotangent, wants } = context;
    if (!wants(1)) return found.pullback(context);
    const c = cotangent(0);
    if (!wants(0)) return [null, g.mul(c, quotientOf(g, output(0), input(1)))];
    if (isDeviation(context, input(1).name)) return [g.div(c, input(1)), held];
    const half = g.scale(c, 0.5);
    return [g.div(half, input(1)), g.mul(half, quotientOf(g, output(0), input(1)))];
  };
}

/** A scaling of each channel: ε's rule, biases absorb. */
function scaling(found: GradientRule, epsilon: number): Pullback {
  return function scalingPullback(context) {
    const { g, output, cotangent } = context;
    if (epsilon === 0) return found.pullback(context);
    const c = g.div(g.mul(output(0), cotangent(0)), stabilized(g, output(0), epsilon));
    return found.pullback({ ...context, cotangent: () => c });
  };
}

/** LayerNormalization: the deviation is a constant, the mean is not. */
function layerNormalization(context: PullbackContext): readonly (Value | null)[] {
  const { g, attributes, input, cotangent } = context;
  const axes = normalizedAxes(context);
  return toOperand(context, 0, centred(g, input(0), axes, attributes.float("epsilon", 1e-5), g.mul(cotangent(0), input(1))));
}

function instanceNormalization(context: PullbackContext): readonly (Value | null)[] {
  const { g, attributes, input, cotangent } = context;
  const axes = spatialAxes(input(0));
  const scale = perChannel(g, input(1), input(0));
  return toOperand(context, 0, centred(g, input(0), axes, attributes.float("epsilon", 1e-5), g.mul(cotangent(0), scale)));
}

/** r (c − mean c). */
function centred(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number, c: Value): Value {
  const { r } = normalized(g, x, axes, epsilon);
  return g.mul(r, g.sub(c, meanOver(g, c, axes)));
}
