import { type MethodDescription, sizeOf } from "@xdeep/core";
import { movableInputs } from "@xdeep/core/method";
import { isFloatType, type Value } from "@xdeep/onnx";
import { type Aggregate, type NoiseOption, type NoiseSettings, createDraws } from "@xdeep/smooth";

import { floats, folded, innerAxes, sampleDims, unfolded, weightedMean, withAxes } from "../network/axes.ts";
import type { Feeds } from "../network/network.ts";
import { feedsWith, pointFeeds } from "./moving-values.ts";
import { scanPoints } from "./control-flow/scan-points.ts";
import { type Rows, type WriterContext, type WrittenAttribution, inside, refusal } from "./writer.ts";

/** SmoothGrad: the noise is a constant of the file, the same bits that the same seed gives everywhere. */
export function writeSmooth(outer: WriterContext, method: MethodDescription, rows: Rows): WrittenAttribution {
  const context = outer.moving();
  const { g, write } = context;
  const { n, aggregate = "mean" } = method.parameters as { readonly n: number; readonly aggregate?: Aggregate };
  const feeds = noisyFeeds(context, rows);
  const names = noisyNames(context, feeds);
  const samples = Object.fromEntries(names.map((name) => [name, noiseDims(feeds.get(name)!)]));
  const settings = noiseSettings(context, method);
  const draws = createDraws(context.model, settings, samples, rows.depth).next(n);
  if (aggregate === "mean" && context.scanBeyond !== null && n > context.scanBeyond) return scanned(context, method, rows, { feeds, draws, n, settings });
  const noisy = names.map((name) => [name, noisyPoints(context, feeds.get(name)!, draws[name]!, n, settings)] as const);
  const points: Rows = {
    feeds: pointFeeds(context, feeds, new Map(noisy), n),
    target: rows.target.repeat(n),
    copies: rows.copies * n,
    depth: rows.depth + 1,
  };
  const { values, layer } = write(inside(method), points);
  return { layer, values: new Map([...values].map(([name, each]) => [name, aggregated(g, each, n, aggregate)])) };
}

interface Noise {
  readonly feeds: Feeds;
  readonly draws: Readonly<Record<string, Float64Array>>;
  readonly n: number;
  readonly settings: NoiseSettings;
}

/** The same mean with one draw at a time, however many there are. */
function scanned(context: WriterContext, method: MethodDescription, rows: Rows, { feeds, draws, n, settings }: Noise): WrittenAttribution {
  const { g, pointType } = context;
  const names = Object.keys(draws);
  const noisy = names.map((name) => noiseOf(context, feeds.get(name)!, draws[name]!, n, settings));
  const series = [floats(g, "float32", [n], new Float64Array(n).fill(1 / n), "weights"), ...noisy.map(({ noise }) => g.squeeze(noise, [0]))];
  const exact = names.map((name) => g.cast(feeds.get(name)!, pointType));
  return scanPoints(context, inside(method), rows, feeds, series, (body, [weight, ...slices]) => {
    const moved = names.map((name, i): [string, Value] => {
      const { std, mean } = noisy[i]!;
      const scaled = std === null ? slices[i]! : body.shift(body.mul(std, slices[i]!), mean);
      return [name, body.cast(body.add(exact[i]!, scaled), "float32")];
    });
    return { moved: new Map(moved), weight: weight! };
  });
}

/** Where the network has no float input, noise goes to the values inside that are attributed to. */
function noisyFeeds(context: WriterContext, rows: Rows): Feeds {
  return context.model.inputs.some(({ type }) => isFloatType(type)) ? rows.feeds : feedsWith(context, rows, context.wrt);
}

/** The fed floats that are attributed to, or else every float input with a batch axis but masks, as for the API. */
function noisyNames({ wrt, model }: WriterContext, feeds: Feeds): readonly string[] {
  const fed = wrt.filter((name) => isFloatType(feeds.get(name)?.facts.type ?? null));
  return fed.length > 0 ? fed : movableInputs(model.inputs);
}

function noiseDims(value: Value): readonly number[] {
  const dims = sampleDims(value);
  if (dims !== null) return dims;
  const sizes = (value.facts.dims ?? []).map(String).join(", ");
  throw refusal("smooth", `noise for "${value.name}"`, `its size is open, [${sizes}], and noise has the input's.`, "Load the model with `inputDims`.");
}

function noiseSettings({ tensors }: WriterContext, { parameters }: MethodDescription): NoiseSettings {
  const { mean = 0, seed = 0, noise } = parameters as { readonly mean?: number; readonly seed?: number; readonly noise?: unknown };
  if (noise !== undefined) {
    if (tensors.noise !== undefined) return { noise: tensors.noise as NoiseOption };
    throw refusal("smooth", "noise of its own", "the description holds its dims alone.", "Pass it again: `tensors: { noise }`.");
  }
  const { noiseLevel, sigmaMultiplier, std } = parameters as { readonly noiseLevel?: number; readonly sigmaMultiplier?: number; readonly std?: number };
  return { mean, seed, spread: std !== undefined ? { std } : sigmaMultiplier !== undefined ? { sigmaMultiplier } : { noiseLevel: noiseLevel ?? 0.15 } };
}

/** x + mean + σ ε, [M · n, …]. */
function noisyPoints(context: WriterContext, x: Value, draws: Float64Array, n: number, settings: NoiseSettings): Value {
  const { g, pointType } = context;
  const { noise, std, mean } = noiseOf(context, x, draws, n, settings);
  const exact = g.cast(x, pointType);
  const scaled = std === null ? noise : g.shift(g.mul(withAxes(g, std, 1), noise), mean);
  return g.cast(folded(g, g.add(withAxes(g, exact, 1), scaled), exact), "float32");
}

interface WrittenNoise {
  /** [1, n, …]: the noise itself, or that of standard deviation 1. */
  readonly noise: Value;
  /** [M, 1, …], where it follows the range of each row; null where the noise is final. */
  readonly std: Value | null;
  readonly mean: number;
}

function noiseOf({ g, pointType }: WriterContext, x: Value, draws: Float64Array, n: number, settings: NoiseSettings): WrittenNoise {
  const dims = noiseDims(x);
  const { spread, mean } = "noise" in settings ? { spread: { std: 1 }, mean: 0 } : settings;
  const fixed = "std" in spread ? spread.std : 1;
  const offset = "std" in spread ? mean : 0;
  const numbers = draws.subarray(0, n * sizeOf(dims)).map((draw) => offset + fixed * draw);
  const noise = floats(g, pointType, [1, n, ...dims], numbers, "noise");
  if ("std" in spread) return { noise, std: null, mean: 0 };
  // The extremes are entries of x: browsers' builds of ONNX Runtime cannot reduce float64.
  const range = g.sub(g.cast(extreme(g, x, "ReduceMax"), pointType), g.cast(extreme(g, x, "ReduceMin"), pointType));
  const std = "noiseLevel" in spread ? g.scale(range, spread.noiseLevel) : g.square(g.div(g.scalar(spread.sigmaMultiplier, range), range));
  return { noise, std, mean };
}

function extreme(g: WriterContext["g"], x: Value, op: "ReduceMax" | "ReduceMin"): Value {
  return g.op(op, [x, g.ints(innerAxes(x))], { keepdims: 1 });
}

/** The mean of the draws, of their squares, or their variance, which is taken about the mean. */
function aggregated(g: WriterContext["g"], draws: Value, n: number, aggregate: Aggregate): Value {
  const weights = Array.from({ length: n }, () => 1 / n);
  if (aggregate === "meanSquare") return weightedMean(g, g.square(draws), weights);
  const mean = weightedMean(g, draws, weights);
  if (aggregate === "mean") return mean;
  const deviation = g.sub(unfolded(g, draws, [n]), withAxes(g, mean, 1));
  return weightedMean(g, folded(g, g.square(deviation), draws), weights);
}
