import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

import { select } from "../../formulas/masks.ts";
import type { PullbackCall } from "../../gradients/gradient-rule.ts";
import type { RectifierPlan } from "../rectifier.ts";
import type { KernelCall, Recording } from "../recording.ts";
import { ratioOf } from "./two-runs.ts";
import { LINEAR, SCALELESS, SMOOTH, operandOf } from "./kernels.ts";
import { type Passage, liveInputs, relevancePlan } from "./relevance-plan.ts";

/** Cotangents pass these as in the gradient: they are homogeneous, and R = x ⊙ c is conserved. */
const AS_GRADIENT: ReadonlySet<string> = new Set([...LINEAR, "Abs", "LeakyRelu", "LogSoftmax", "Max", "MaxPool", "Min", "Prelu", "Relu", "Select", "Softmax"]);
const LAYERS: ReadonlySet<string> = new Set(["BatchMatMul", "Conv2D", "Conv2DBackpropInput", "DepthwiseConv2dNative"]);

/**
 * LRP by rule ε at every linear layer (Bach et al. 2015, doi:10.1371/journal.pone.0130140): R (of what comes out) / (z + ε sign z), z with the layer's bias and BatchNormalization in it.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED naming every kernel without a rule
 */
export function planEpsilon(recording: Recording, of: number, epsilon: number): RectifierPlan {
  const readers = readersOf(recording);
  const makers = new Map(recording.calls.flatMap((call) => call.outputs.map(({ id }) => [id, call] as const)));
  const ends = new Set(recording.calls.filter(isLayer).map((call) => endOf(call, readers)));
  return relevancePlan("lrp-epsilon", recording, of, (call) => {
    const passage = passageOf(call, makers);
    if (epsilon === 0 || passage === null || !ends.has(call)) return passage;
    return (each, context) => {
      const stabilized = { ...context, dy: tf.div(tf.mul(context.output, context.dy), awayFromZero(context.output, epsilon)) };
      return typeof passage === "function" ? passage(each, stabilized) : each.rule!.pullback(stabilized);
    };
  });
}

function isLayer(call: KernelCall): boolean {
  return LAYERS.has(call.kernel) && liveInputs(call).length === 1;
}

/** The last call of a layer: behind it the addition of its bias and its BatchNormalization, where nothing else reads what lies between. */
function endOf(call: KernelCall, readers: ReadonlyMap<number, readonly KernelCall[]>): KernelCall {
  const [reader, ...others] = readers.get(call.outputs[0]!.id) ?? [];
  if (reader === undefined || others.length > 0 || liveInputs(reader).length !== 1) return call;
  return reader.kernel === "Add" || (reader.kernel === "FusedBatchNorm" && reader.inputs["x"]?.live === true) ? endOf(reader, readers) : call;
}

function readersOf({ calls }: Recording): ReadonlyMap<number, readonly KernelCall[]> {
  const readers = new Map<number, KernelCall[]>();
  for (const call of calls) for (const { id } of Object.values(call.inputs)) readers.set(id, [...(readers.get(id) ?? []), call]);
  return readers;
}

function passageOf(call: KernelCall, makers: ReadonlyMap<number, KernelCall>): Passage {
  const { kernel, rule } = call;
  const live = liveInputs(call);
  const isAlone = live.length === 1;
  if (kernel === "FusedBatchNorm") return isAlone && live[0] === "x" ? "gradient" : normalization;
  if (kernel === "Maximum" || kernel === "Minimum") return isAlone && call.scalar !== 0 ? (_, context) => identity(context, live[0]!) : "gradient";
  if (kernel === "Multiply" || kernel === "BatchMatMul" || kernel === "Einsum") {
    if (isAlone) return "gradient";
    const deviation = kernel === "Multiply" ? live.find((name) => isDeviation(call.inputs[name]!.id, makers)) : undefined;
    if (deviation === undefined) return (_, context) => rule!.pullback({ ...context, dy: tf.mul(context.dy, 0.5) });
    return (_, context) => Object.fromEntries(Object.entries(rule!.pullback(context)).filter(([name]) => name !== deviation));
  }
  if (kernel === "RealDiv" && isAlone) return live[0] === "a" ? "gradient" : (_, context) => identity(context, "b");
  if (kernel === "RealDiv") {
    const isConstant = isDeviation(call.inputs["b"]!.id, makers);
    return (_, context) => {
      const a = tf.div(tf.mul(context.dy, isConstant ? 1 : 0.5), context.input("b"));
      return isConstant ? { a } : { a, b: tf.mul(tf.mul(context.dy, 0.5), ratioOf(context.output, context.input("b"))) };
    };
  }
  if (AS_GRADIENT.has(kernel)) return "gradient";
  const isFunction = SMOOTH.has(kernel) || SCALELESS.has(kernel) || ["ClipByValue", "Reciprocal", "Relu6", "Rsqrt", "Sqrt", "Square"].includes(kernel);
  return isFunction && isAlone ? (_, context) => identity(context, operandOf(kernel)) : null;
}

/** c̄ = c f(x) / x: relevance passes as it is. */
function identity({ dy, input, output }: PullbackCall, name: string): Readonly<Record<string, Tensor>> {
  return { [name]: tf.mul(dy, ratioOf(output, input(name))) };
}

/** Layer normalisation: the deviation is a constant, the mean is not. */
function normalization(call: KernelCall, { dy, shapes, input }: PullbackCall): Readonly<Record<string, Tensor>> {
  const r = tf.rsqrt(tf.add(input("variance"), call.attrs["varianceEpsilon"] as number));
  const x = tf.mul(dy, "scale" in shapes ? tf.mul(r, input("scale")) : r);
  return { x, mean: tf.neg(x) };
}

/** One over a root, or a root, scaled perhaps. */
function isDeviation(id: number, makers: ReadonlyMap<number, KernelCall>): boolean {
  const maker = makers.get(id);
  if (maker === undefined) return false;
  if (maker.kernel === "Rsqrt" || maker.kernel === "Sqrt") return true;
  const live = liveInputs(maker);
  const passes = ["Add", "ExpandDims", "Identity", "Multiply", "RealDiv", "Reciprocal", "Reshape", "Tile", "BroadcastTo"].includes(maker.kernel);
  return passes && live.length === 1 && isDeviation(maker.inputs[live[0]!]!.id, makers);
}

function awayFromZero(z: Tensor, epsilon: number): Tensor {
  return select(tf.greaterEqual(z, 0), tf.add(z, epsilon), tf.sub(z, epsilon));
}
