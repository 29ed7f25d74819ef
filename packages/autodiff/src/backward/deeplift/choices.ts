import type { Value } from "@xdeep/onnx";
import { alongReduced, sumAlike } from "../../formulas/reduction.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { addRule } from "../../rules/add.ts";
import { reluRule } from "../../rules/relu.ts";
import { subRule } from "../../rules/sub.ts";
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

/** Max(a, b) = b + relu(a − b), Min(a, b) = a − relu(a − b), one operand after the other. */
export function pairwiseRescale(op: "Max" | "Min"): (found: GradientRule) => Pullback {
  return (found) => {
    const pairwise = composedPullback([addRule, reluRule, subRule], function composePairs({ g, input, inputCount }) {
      const [first, ...others] = Array.from({ length: inputCount }, (_, i) => input(i)) as [Value, ...Value[]];
      return [others.reduce((a, b) => (op === "Max" ? g.add(b, g.relu(g.sub(a, b))) : g.sub(a, g.relu(g.sub(a, b)))), first)];
    });
    return (context) => (context.inputCount === 1 ? found.pullback(context) : pairwise(context));
  };
}

/** Where: as usual where both runs choose alike; else m Δy is shared as Δa and Δb, over Δa² + Δb². */
export function whereRescale(found: GradientRule): Pullback {
  return function whereRescalePullback(context) {
    const { g, node, input, output, cotangent, twin, wants } = context;
    const [condition, a, b] = [input(0), input(1), input(2)];
    if (!isOther(context, 0)) return found.pullback(context);
    if (!wants(1) && !wants(2)) throw unsupportedNode(node, "a jump between constants has no DeepLIFT rule.");
    const alike = g.equal(condition, twin(condition));
    const [da, db] = [g.sub(a, twin(a)), g.sub(b, twin(b))];
    const change = g.mul(cotangent(0), g.sub(output(0), twin(output(0))));
    const squares = g.add(g.square(da), g.square(db));
    const part = (d: Value): Value => quotientOf(g, g.mul(change, d), squares);
    const usual = found.pullback(context);
    return [null, wants(1) ? g.where(alike, usual[1]!, part(da)) : null, wants(2) ? g.where(alike, usual[2]!, part(db)) : null];
  };
}
