import * as tf from "@tensorflow/tfjs-core";
import { type Tensor, util } from "@tensorflow/tfjs-core";
import { XDeepError } from "@xdeep/core";
import { gaussLegendre } from "@xdeep/core/backend";

import { select } from "../../formulas/masks.ts";
import type { PullbackCall } from "../../gradients/gradient-rule.ts";
import type { RectifierPlan } from "../rectifier.ts";
import type { KernelCall, Recording } from "../recording.ts";
import { LINEAR, PIECEWISE, PRODUCTS, SCALELESS, SMOOTH, operandOf } from "./kernels.ts";
import { extremum, maxPool, pairwise, topK } from "./maxima.ts";
import { type Passage, liveInputs, relevancePlan } from "./relevance-plan.ts";
import { type Both, type Cotangents, ratioOf } from "./two-runs.ts";

/**
 * DeepLIFT with the rescale rule (Shrikumar, Greenside, Kundaje 2017, arXiv:1704.02685): multipliers in place of gradients, from a run at x and one at x′.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED where the network runs other kernels at x′, or kernels without a multiplier
 */
export function planDeepLift(recording: Recording, reference: Recording, of: number): RectifierPlan {
  const twins = new Map(recording.calls.map((call, i) => [call, reference.calls[i]]));
  const differs = recording.calls.length !== reference.calls.length || recording.calls.some((call) => call.kernel !== twins.get(call)?.kernel);
  if (differs)
    throw new XDeepError("MODEL_UNSUPPORTED", "The network runs other kernels at the reference than at the input, so DeepLIFT cannot compare the two runs.");
  return relevancePlan("deeplift", recording, of, (call) => passageOf(call, twins.get(call)!));
}

function passageOf(call: KernelCall, twin: KernelCall): Passage {
  const formula = formulaOf(call);
  if (typeof formula !== "function") return formula;
  return (_, own) => {
    const other = { ...own, input: (name: string) => twin.saved.get(name)!, output: twin.savedOutput! };
    return formula({ call, own, other });
  };
}

function formulaOf(call: KernelCall): ((both: Both) => Cotangents) | "gradient" | null {
  const { kernel } = call;
  const live = liveInputs(call);
  const isAlone = live.length === 1;
  if (kernel === "FusedBatchNorm") return isAlone && live[0] === "x" ? "gradient" : normalization;
  if (LINEAR.has(kernel))
    return kernel.includes("Conv") || kernel.startsWith("Gather")
      ? live.every((name) => name !== "filter" && name !== "indices")
        ? "gradient"
        : null
      : "gradient";
  if (PRODUCTS.has(kernel)) return isAlone && kernel !== "Square" && kernel !== "SquaredDifference" ? "gradient" : product;
  if (kernel === "Prod" || kernel === "Cumprod") return entriesOf(call) > MOST_ENTRIES ? null : (both) => product(both, entriesOf(call));
  if (kernel === "RealDiv") return isAlone && live[0] === "a" ? "gradient" : quotient;
  if ((kernel === "Maximum" || kernel === "Minimum") && isAlone) return (both) => rescale(both, live[0]!, null);
  if (kernel === "Maximum" || kernel === "Minimum") return pairwise;
  if (kernel === "TopK") return call.attrs["sorted"] === true ? topK : null;
  if (PIECEWISE.has(kernel)) return isAlone ? (both) => rescale(both, "x", null) : null;
  if (SMOOTH.has(kernel)) return (both) => rescale(both, "x", (size) => tf.maximum(size, 1));
  if (SCALELESS.has(kernel)) return isAlone && live[0] === operandOf(kernel) ? (both) => rescale(both, operandOf(kernel), (size) => size) : null;
  return CLOSED[kernel] ?? null;
}

const SMALL = 1e-3;

/** m̄ = m Δy / Δx, or m times the mean slope where |Δx| is too small; without a threshold only where it is 0. */
function rescale({ call, own, other }: Both, name: string, threshold: ((size: Tensor) => Tensor) | null): Cotangents {
  const [x, reference] = [own.input(name), other.input(name)];
  const dx = tf.sub(x, reference);
  const isSmall = threshold === null ? tf.equal(dx, 0) : tf.lessEqual(tf.abs(dx), tf.mul(threshold(tf.add(tf.abs(x), tf.abs(reference))), SMALL));
  const ratio = tf.div(tf.sub(own.output, other.output), select(isSmall, tf.onesLike(dx), dx));
  const slopeAt = (run: PullbackCall): Tensor => call.rule!.pullback(run)[name]!;
  const slope = threshold === null ? slopeAt(own) : tf.mul(tf.add(slopeAt(own), slopeAt(other)), 0.5);
  return { [name]: select(isSmall, slope, tf.mul(own.dy, ratio)) };
}

/** Longer products are refused: each of the points below takes them apart once. */
const MOST_ENTRIES = 256;

/** How many entries are multiplied for one of the result, at most. */
function entriesOf({ kernel, attrs, inputs, outputs }: KernelCall): number {
  const { shape } = inputs["x"]!;
  return kernel === "Cumprod" ? shape[attrs["axis"] as number]! : util.sizeFromShape([...shape]) / util.sizeFromShape([...outputs[0]!.shape]);
}

/**
 * The gradient's formula, averaged over the line from x′ to x: of k factors a polynomial of degree k − 1, which ⌈k/2⌉ points average exactly. Of two that is
 * the mean of both runs, Δ(ab) = Δa (b + b′) / 2 + Δb (a + a′) / 2; of more the Shapley value of each.
 */
function product({ call, own, other }: Both, factors = 2): Cotangents {
  const { nodes, weights } = gaussLegendre(Math.max(1, Math.ceil(factors / 2)));
  const [first, ...others] = Array.from(nodes, (t) => call.rule!.pullback({ ...own, input: between(own, other, t) })) as [Cotangents, ...Cotangents[]];
  if (others.length === 0) return first;
  const mean = (name: string): Tensor => tf.addN([first, ...others].map((given, k) => tf.mul(given[name]!, weights[k]!)));
  return Object.fromEntries(Object.keys(first).map((name) => [name, mean(name)]));
}

/** Inputs at x′ + t (x − x′). */
function between(own: PullbackCall, other: PullbackCall, t: number): (name: string) => Tensor {
  const values = new Map<string, Tensor>();
  return (name) => {
    if (!values.has(name)) values.set(name, tf.add(tf.mul(own.input(name), t), tf.mul(other.input(name), 1 - t)));
    return values.get(name)!;
  };
}

/** Δ(a/b) = Δa (1/b + 1/b′) / 2 − Δb (a + a′) / 2 / (b b′). */
function quotient({ own, other }: Both): Cotangents {
  const [a, b, c, d] = [own.input("a"), own.input("b"), other.input("a"), other.input("b")];
  return {
    a: tf.mul(own.dy, tf.mul(tf.add(tf.reciprocal(b), tf.reciprocal(d)), 0.5)),
    b: tf.neg(tf.mul(own.dy, tf.div(tf.div(tf.mul(tf.add(a, c), 0.5), b), d))),
  };
}

/** FusedBatchNorm with statistics of x, as layers normalise: γ (x − μ) r + β with r = 1 / √(σ² + ε). */
function normalization({ call, own, other }: Both): Cotangents {
  const epsilon = call.attrs["varianceEpsilon"] as number;
  const parts = [own, other].map((run) => ({ d: tf.sub(run.input("x"), run.input("mean")), r: tf.rsqrt(tf.add(run.input("variance"), epsilon)) }));
  const [{ d, r }, { d: e, r: s }] = parts as [(typeof parts)[number], (typeof parts)[number]];
  const scaled = "scale" in own.shapes ? tf.mul(own.dy, own.input("scale")) : own.dy;
  const x = tf.mul(scaled, tf.mul(tf.add(r, s), 0.5));
  const ofRoot = tf.mul(scaled, tf.mul(tf.add(d, e), 0.5));
  return { x, mean: tf.neg(x), variance: tf.neg(tf.mul(ofRoot, tf.div(tf.square(tf.mul(r, s)), tf.add(r, s)))) };
}

const CLOSED: Readonly<Record<string, (both: Both) => Cotangents>> = {
  Sqrt: ({ own, other }) => ({ x: tf.mul(own.dy, ratioOf(tf.onesLike(own.output), tf.add(own.output, other.output))) }),
  Rsqrt: ({ own, other }) => {
    const [y, z] = [own.output, other.output];
    return { x: tf.neg(tf.mul(own.dy, tf.div(tf.square(tf.mul(y, z)), tf.add(y, z)))) };
  },
  Reciprocal: ({ own, other }) => ({ x: tf.neg(tf.mul(own.dy, tf.mul(own.output, other.output))) }),
  Softmax: ({ own, other }) => {
    const lse = (run: PullbackCall): Tensor => tf.logSumExp(run.input("logits"), -1, true);
    const d = tf.sub(tf.sub(own.input("logits"), other.input("logits")), tf.sub(lse(own), lse(other)));
    const mean = logarithmicMean(own.output, other.output, d);
    const centre = tf.div(tf.sum(tf.mul(own.dy, mean), -1, true), tf.sum(mean, -1, true));
    return { logits: tf.mul(mean, tf.sub(own.dy, centre)) };
  },
  LogSoftmax: ({ own, other }) => {
    const mean = logarithmicMean(tf.exp(own.output), tf.exp(other.output), tf.sub(own.output, other.output));
    return { logits: tf.sub(own.dy, tf.mul(tf.div(mean, tf.sum(mean, -1, true)), tf.sum(own.dy, -1, true))) };
  },
  MaxPool: maxPool,
  Max: (both) => extremum(both, "reductionIndices"),
  Min: (both) => extremum(both, "axis"),
  Select: ({ call, own, other }) => {
    const usual = call.rule!.pullback(own);
    const alike = tf.equal(own.input("condition"), other.input("condition"));
    const [dt, de] = (["t", "e"] as const).map((name) => tf.sub(own.input(name), other.input(name))) as [Tensor, Tensor];
    const change = tf.mul(own.dy, tf.sub(own.output, other.output));
    const squares = tf.add(tf.square(dt), tf.square(de));
    const part = (name: "e" | "t", d: Tensor): Cotangents =>
      usual[name] === undefined ? {} : { [name]: select(alike, usual[name], ratioOf(tf.mul(change, d), squares)) };
    return { ...part("t", dt), ...part("e", de) };
  },
};

/** (y − y′) / d for d = log y − log y′. */
function logarithmicMean(y: Tensor, other: Tensor, d: Tensor): Tensor {
  const half = tf.mul(d, 0.5);
  const isSmall = tf.less(tf.abs(half), 1e-2);
  const factor = select(isSmall, tf.sub(1, tf.div(tf.square(half), 3)), tf.div(tf.tanh(half), select(isSmall, tf.onesLike(half), half)));
  return tf.mul(tf.mul(tf.add(y, other), 0.5), factor);
}
