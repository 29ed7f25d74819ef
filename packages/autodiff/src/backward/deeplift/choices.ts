import type { GraphBuilder, Value } from "@xdeep/onnx";
import { toFloat64 } from "@xdeep/core/backend";
import { alongReduced, sumAlike } from "../../formulas/reduction.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { valuesThatDiffer } from "../../sweep/loops/two-runs.ts";
import { addRule } from "../../rules/arithmetic/add.ts";
import { reluRule } from "../../rules/activations/relu.ts";
import { subRule } from "../../rules/arithmetic/sub.ts";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { isOther, toOperand } from "../../sweep/operands.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";
import { inReference } from "./elementwise.ts";
import { quotientOf } from "./quotient.ts";

/**
 * Pools of maxima: all of m Δy goes to the maximum of x where y ≥ y′, else to that of x′, and is divided by Δx there, a factor between 0 and 1.
 * Windows that overlap add up.
 */
export function maxPoolRescale(found: GradientRule): Pullback {
  return function maxPoolRescalePullback(context) {
    const { g, node, input, output, cotangent, twin } = context;
    const [x, y, m] = [input(0), output(0), cotangent(0)];
    const change = g.mul(m, g.sub(y, twin(y)));
    const isLarger = g.greaterOrEqual(y, twin(y));
    const indices = (): Value => g.repeat(node, [twin(x)], {}, { outputs: 2 })[1]!;
    const given = (run: PullbackContext, share: Value): Value => found.pullback({ ...run, cotangent: () => share })[0]!;
    const own = given(context, g.keepWhere(isLarger, change));
    const others = given({ ...inReference(context), addOutput: indices }, g.keepWhere(g.not(isLarger), change));
    return [quotientOf(g, g.add(own, others), g.sub(x, twin(x)))];
  };
}

/** ReduceMax and ReduceMin: as pools; several extrema share evenly. */
export function extremumRescale(op: "ReduceMax" | "ReduceMin"): () => Pullback {
  return () =>
    function extremumRescalePullback(context) {
      const { g, input, output, cotangent, twin } = context;
      const [x, y] = [input(0), output(0)];
      const leads = op === "ReduceMax" ? g.greaterOrEqual(y, twin(y)) : g.lessOrEqual(y, twin(y));
      const change = g.mul(cotangent(0), g.sub(y, twin(y)));
      const share = (own: Value, extremum: Value, part: Value): Value => {
        const reached = g.castLike(g.equal(own, alongReduced(context, extremum)), own);
        return g.mul(g.div(reached, sumAlike(context, reached)), alongReduced(context, part));
      };
      const all = g.add(share(x, y, g.keepWhere(leads, change)), share(twin(x), twin(y), g.keepWhere(g.not(leads), change)));
      return toOperand(context, 0, quotientOf(g, all, g.sub(x, twin(x))));
    };
}

/**
 * TopK: the sum of the k largest entries is the largest sum of any k, and passes as maxima do: its change goes to the k entries of x where that sum is
 * larger than at x′, else to those of x′, each by its own Δx times one factor between 0 and 1. The k-th value is the difference of two such sums.
 */
export function topKRescale(): Pullback {
  return function topKRescalePullback(context) {
    const { g, node, attributes, input, output, cotangent, twin, addOutput } = context;
    if (attributes.int("sorted", 1) === 0) throw unsupportedNode(node, "its values are not sorted, and DeepLIFT compares them by their rank.");
    const axis = attributes.int("axis", -1);
    const [x, y, m] = [input(0), output(0), cotangent(0)];
    const cumulated = (value: Value, reverse = 0): Value => g.op("CumSum", [value, g.int(axis)], { reverse });
    const [dx, change] = [g.sub(x, twin(x)), cumulated(g.sub(y, twin(y)))];
    const zero = g.scalar(0, change);
    const leads = attributes.int("largest", 1) === 1 ? g.greaterOrEqual(change, zero) : g.lessOrEqual(change, zero);
    const ofSums = g.sub(m, followingAlong(g, m, axis));
    const given = (indices: Value, part: Value): Value => {
      const moved = cumulated(g.op("GatherElements", [dx, indices], { axis }));
      const factor = g.op("Clip", [quotientOf(g, change, moved), zero, g.scalar(1, change)]);
      return g.op("ScatterElements", [g.zerosLike(x), indices, cumulated(g.mul(part, factor), 1)], { axis });
    };
    const others = g.repeat(node, [twin(x), input(1)], {}, { outputs: 2 })[1]!;
    return [g.add(given(addOutput(1), g.keepWhere(leads, ofSums)), given(others, g.keepWhere(g.not(leads), ofSums))), null];
  };
}

/** At each place what stands at the next one along an axis, 0 at the last. */
function followingAlong(g: GraphBuilder, value: Value, axis: number): Value {
  const cut = (from: number, to: number): Value => g.slice(value, g.ints([from]), g.ints([to]), g.ints([axis]));
  return g.concat([cut(1, Number.MAX_SAFE_INTEGER), g.zerosLike(cut(0, 1))], axis);
}

/** If: the rules of the branch that is taken, in both runs the same. */
export function branchRescale(found: GradientRule): Pullback {
  return function branchRescalePullback(context) {
    if (isOther(context, 0))
      throw unsupportedNode(
        context.node,
        "its condition depends on what is explained, so the two runs may take different branches, which DeepLIFT cannot compare.",
      );
    return found.pullback(context);
  };
}

/** Loop: step by step, as many of them in both runs. */
export function loopRescale(found: GradientRule): Pullback {
  return function loopRescalePullback(context) {
    const { node, attributes, hasInput } = context;
    const condition = attributes.graph("body")!.output[0]!.name;
    if ([0, 1].some((i) => hasInput(i) && isOther(context, i)) || valuesThatDiffer(context).has(condition))
      throw unsupportedNode(
        node,
        "how many steps it takes depends on what is explained, so the two runs may take different numbers, which DeepLIFT cannot compare.",
      );
    return found.pullback(context);
  };
}

/** Max(a, b) = b + relu(a − b), Min(a, b) = a − relu(a − b), one operand after the other. An infinite constant that never wins, where reductions of JAX begin, is none. */
export function pairwiseRescale(op: "Max" | "Min"): (found: GradientRule) => Pullback {
  const isNeutral = ({ facts }: Value): boolean =>
    facts.constant !== undefined && facts.dims?.every((dim) => dim === 1) === true && toFloat64(facts.constant)[0] === (op === "Max" ? -Infinity : Infinity);
  return (found) => {
    const pairwise = composedPullback([addRule, reluRule, subRule], function composePairs({ g, input, inputCount }) {
      const all = Array.from({ length: inputCount }, (_, i) => input(i));
      const [first, ...others] = all.filter((value) => !isNeutral(value)) as [Value, ...Value[]];
      // A sum of one, so that what is composed is a value of its own.
      if (others.length === 0) return [g.add(first, g.scalar(0, first))];
      return [others.reduce((a, b) => (op === "Max" ? g.add(b, g.relu(g.sub(a, b))) : g.sub(a, g.relu(g.sub(a, b)))), first)];
    });
    return (context) => (context.inputCount === 1 ? found.pullback(context) : pairwise(context));
  };
}

/**
 * Where: as usual where both runs choose alike; else m Δy is shared as Δa and Δb, over Δa² + Δb². A quotient by 0, which is dropped, counts as what is chosen in
 * its place.
 */
export function whereRescale(found: GradientRule): Pullback {
  return function whereRescalePullback(context) {
    const { g, node, input, output, cotangent, twin, wants, around } = context;
    const [condition, a, b, y] = [input(0), input(1), input(2), output(0)];
    if (!isOther(context, 0)) return found.pullback(context);
    if (!wants(1) && !wants(2)) throw unsupportedNode(node, "a jump between constants has no DeepLIFT rule.");
    const alike = g.equal(condition, twin(condition));
    const isFinite = (value: Value): Value => g.equal(g.sub(value, value), g.scalar(0, value));
    const difference = (value: Value): Value => {
      if (around.producerOf(value.name)?.opType !== "Div") return g.sub(value, twin(value));
      return g.sub(g.where(isFinite(value), value, y), g.where(isFinite(twin(value)), twin(value), twin(y)));
    };
    const [da, db] = [difference(a), difference(b)];
    const change = g.mul(cotangent(0), g.sub(y, twin(y)));
    const squares = g.add(g.square(da), g.square(db));
    const part = (d: Value): Value => quotientOf(g, g.mul(change, d), squares);
    const usual = found.pullback(context);
    return [null, wants(1) ? g.where(alike, usual[1]!, part(da)) : null, wants(2) ? g.where(alike, usual[2]!, part(db)) : null];
  };
}
