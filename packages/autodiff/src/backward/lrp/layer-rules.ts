import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { held } from "../../sweep/lowering.ts";
import { toOperand } from "../../sweep/operands.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";
import type { Bound, LayerRule } from "./composites.ts";
import type { LinearLayer } from "./layers.ts";

/** What keeps denominators away from 0, except ε's own. */
export const STABILIZER = 1e-6;

export interface LayerRuleOptions {
  readonly stabilizer: number;
  /** Takes R of the layer's input where it is not x times something. */
  readonly relevance: (name: string, relevance: Value) => void;
}

/** The layer with other data, weights and bias, and back through such weights. */
interface Layer {
  readonly g: GraphBuilder;
  readonly x: Value;
  readonly weights: Value;
  readonly bias: Value | null;
  /** z = x W + b. */
  readonly z: Value;
  /** R of what comes out, z ⊙ c. */
  readonly relevance: Value;
  forward(x: Value, weights: Value, bias: Value | null): Value;
  /** s Wᵀ, with the dims of x. */
  backward(weights: Value, s: Value): Value;
}

/** The rule of a linear layer under LRP. */
export function layerRule(found: GradientRule, info: LinearLayer, chosen: LayerRule, options: LayerRuleOptions): GradientRule {
  const pullback = pullbackOf(found, info, chosen, options);
  return pullback === null ? found : { ...found, pullback };
}

function pullbackOf(found: GradientRule, info: LinearLayer, chosen: LayerRule, options: LayerRuleOptions): Pullback | null {
  switch (chosen.rule) {
    case "zero":
      return null;
    case "epsilon":
      return chosen.epsilon === 0 ? null : inCotangents(found, info, (layer) => withEpsilon(layer, chosen.epsilon));
    case "gamma":
      return inCotangents(found, info, (layer) => gamma(layer, chosen.gamma, options.stabilizer));
    case "z-plus":
      return inCotangents(found, info, (layer) => alphaBeta(layer, 1, 0, options.stabilizer));
    case "alpha-beta":
      return inCotangents(found, info, (layer) => alphaBeta(layer, chosen.alpha, chosen.beta, options.stabilizer));
    case "flat":
      return inRelevances(found, info, options, (layer) => flat(layer, options.stabilizer));
    case "w-square":
      return inRelevances(found, info, options, (layer) => squares(layer, options.stabilizer));
    case "z-box":
      return inRelevances(found, info, options, (layer) => box(layer, chosen.low, chosen.high, options.stabilizer));
  }
}

/** A rule that gives c̄, R = x ⊙ c̄. */
function inCotangents(found: GradientRule, info: LinearLayer, rule: (layer: Layer) => Value): Pullback {
  return (context) => toOperand(context, info.data, rule(layerOf(context, found, info)));
}

/** A rule that gives R itself: nothing goes on as a cotangent. */
function inRelevances(found: GradientRule, info: LinearLayer, { relevance }: LayerRuleOptions, rule: (layer: Layer) => Value): Pullback {
  return (context) => {
    relevance(context.input(info.data).name, rule(layerOf(context, found, info)));
    return toOperand(context, info.data, held);
  };
}

function layerOf(context: PullbackContext, found: GradientRule, { data, weights, bias, added }: LinearLayer): Layer {
  const { g, node, input, output, inputCount, hasInput, cotangent, around } = context;
  const x = input(data);
  const z = added === null ? output(0) : around.valueOf(added.sum);
  const own = added !== null ? around.valueOf(added.bias) : bias === null ? null : input(bias);
  const inputs = (values: Value, matrix: Value, offset: Value | null): readonly (Value | null)[] =>
    Array.from({ length: inputCount }, (_, i) => (i === data ? values : i === weights ? matrix : i === bias ? offset : hasInput(i) ? input(i) : null));
  return {
    g,
    x,
    weights: input(weights),
    bias: own,
    z,
    relevance: g.mul(z, cotangent(0)),
    forward(values, matrix, offset) {
      const [result] = g.repeat(node, inputs(values, matrix, added === null ? offset : null), {}, { outputs: 1 });
      return added === null || offset === null ? result! : g.add(result!, offset);
    },
    backward(matrix, s) {
      const back = { ...context, input: (i: number) => (i === weights ? matrix : input(i)), cotangent: () => s, wants: (i: number) => i === data };
      return found.pullback(back)[data]!;
    },
  };
}

/** z + ε sign(z), sign(0) = 1. */
export function stabilized(g: GraphBuilder, z: Value, epsilon: number): Value {
  return g.where(g.greaterOrEqual(z, g.scalar(0, z)), g.shift(z, epsilon), g.shift(z, -epsilon));
}

/** ε: c̄ = Wᵀ (R / (z + ε sign z)). */
function withEpsilon({ g, z, weights, relevance, backward }: Layer, epsilon: number): Value {
  return backward(weights, g.div(relevance, stabilized(g, z, epsilon)));
}

/** γ: for z > 0 x⁺ meets W + γ W⁺ and x⁻ W + γ W⁻, for z < 0 the other way round. */
function gamma(layer: Layer, factor: number, stabilizer: number): Value {
  const { g, x, z, relevance, forward, backward } = layer;
  const favouring = (part: (g: GraphBuilder, value: Value) => Value, value: Value): Value => g.add(value, g.scale(part(g, value), factor));
  const weights = { up: favouring(positive, layer.weights), down: favouring(negative, layer.weights) };
  const bias = layer.bias === null ? null : { up: favouring(positive, layer.bias), down: favouring(negative, layer.bias) };
  const [above, below] = [positive(g, x), negative(g, x)];
  const share = (own: "down" | "up", other: "down" | "up", where: Value): Value => {
    const sum = g.add(forward(above, weights[own], bias?.[own] ?? null), forward(below, weights[other], null));
    return g.keepWhere(where, g.div(relevance, stabilized(g, sum, stabilizer)));
  };
  const zero = g.scalar(0, z);
  const [rising, falling] = [share("up", "down", g.greater(z, zero)), share("down", "up", g.less(z, zero))];
  return bySign(g, x, g.add(backward(weights.up, rising), backward(weights.down, falling)), () =>
    g.add(backward(weights.down, rising), backward(weights.up, falling)),
  );
}

/** αβ: α times the part of x⁺ W⁺ + x⁻ W⁻ (bias b⁺), minus β times that of x⁺ W⁻ + x⁻ W⁺ (bias b⁻). z⁺ is α = 1, β = 0. */
function alphaBeta(layer: Layer, alpha: number, beta: number, stabilizer: number): Value {
  const { g, x, relevance, forward, backward } = layer;
  const weights = { up: positive(g, layer.weights), down: negative(g, layer.weights) };
  const [above, below] = [positive(g, x), negative(g, x)];
  const share = (own: "down" | "up", other: "down" | "up", bias: Value | null, factor: number): Value => {
    const sum = g.add(forward(above, weights[own], bias), forward(below, weights[other], null));
    return g.scale(g.div(relevance, stabilized(g, sum, stabilizer)), factor);
  };
  const up = share("up", "down", layer.bias && positive(g, layer.bias), alpha);
  if (beta === 0) return bySign(g, x, backward(weights.up, up), () => backward(weights.down, up));
  const down = share("down", "up", layer.bias && negative(g, layer.bias), -beta);
  return bySign(g, x, g.add(backward(weights.up, up), backward(weights.down, down)), () => g.add(backward(weights.down, up), backward(weights.up, down)));
}

/** Flat: R̄ᵢ = Σⱼ Rⱼ / Σᵢ 1. */
function flat({ g, x, weights, relevance, forward, backward }: Layer, stabilizer: number): Value {
  const ones = g.fillLike(weights, 1);
  return backward(ones, g.div(relevance, stabilized(g, forward(g.fillLike(x, 1), ones, null), stabilizer)));
}

/** w²: R̄ᵢ = Σⱼ wᵢⱼ² Rⱼ / Σᵢ wᵢⱼ². */
function squares({ g, x, weights, relevance, forward, backward }: Layer, stabilizer: number): Value {
  const squared = g.square(weights);
  return backward(squared, g.div(relevance, stabilized(g, forward(g.fillLike(x, 1), squared, null), stabilizer)));
}

/** z-box: R̄ᵢ = Σⱼ (xᵢ wᵢⱼ − lᵢ wᵢⱼ⁺ − hᵢ wᵢⱼ⁻) / Σᵢ (…) Rⱼ for l ≤ x ≤ h. */
function box({ g, x, weights, relevance, forward, backward }: Layer, low: Bound, high: Bound, stabilizer: number): Value {
  const [l, h] = [boundLike(g, low, x), boundLike(g, high, x)];
  const [up, down] = [positive(g, weights), negative(g, weights)];
  const sum = g.sub(g.sub(forward(x, weights, null), forward(l, up, null)), forward(h, down, null));
  const s = g.div(relevance, stabilized(g, sum, stabilizer));
  return g.sub(g.sub(g.mul(x, backward(weights, s)), g.mul(l, backward(up, s))), g.mul(h, backward(down, s)));
}

function boundLike(g: GraphBuilder, bound: Bound, x: Value): Value {
  if (typeof bound === "number") return g.fillLike(x, bound);
  const dims = [1, bound.length, ...Array.from({ length: rankOf(x) - 2 }, () => 1)];
  return g.expandLike(g.castLike(g.constant({ type: "float32", dims, data: Float32Array.from(bound) }, "bound"), x), x);
}

function bySign(g: GraphBuilder, x: Value, above: Value, below: () => Value): Value {
  return g.where(g.greaterOrEqual(x, g.scalar(0, x)), above, below());
}

function positive(g: GraphBuilder, value: Value): Value {
  return g.relu(value);
}

function negative(g: GraphBuilder, value: Value): Value {
  return g.neg(g.relu(g.neg(value)));
}
