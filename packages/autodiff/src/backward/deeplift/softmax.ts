import type { GraphBuilder, Value } from "@xdeep/onnx";
import { alongReduced, sumAlike } from "../../formulas/reduction.ts";
import { toOperand } from "../../sweep/operands.ts";
import type { Pullback } from "../../sweep/rule.ts";

/** Below, tanh(d/2) / (d/2) is 1 − d²/12 to seven digits. */
const SMALL = 1e-2;

/** Softmax: with L the logarithmic mean of y and y′, m̄ = L (m − Σ m L / Σ L): exact, and the derivative where both runs meet. */
export function softmaxRescale(): Pullback {
  return function softmaxRescalePullback(context) {
    const { g, attributes, input, output, cotangent, twin } = context;
    const axis = attributes.int("axis", -1);
    const sum = (value: Value): Value => g.reduceSum(value, [axis], true);
    const lse = (x: Value): Value => g.op("ReduceLogSumExp", [x, g.ints([axis])], { keepdims: 1 });
    const [x, y, m] = [input(0), output(0), cotangent(0)];
    const mean = logarithmicMean(g, y, twin(y), g.sub(difference(g, x, twin(x)), difference(g, lse(x), lse(twin(x)))));
    return [g.mul(mean, g.sub(m, g.div(sum(g.mul(m, mean)), sum(mean))))];
  };
}

/** LogSoftmax: m̄ = m − W Σ m with W = L / Σ L, L the logarithmic mean of both softmaxes. */
export function logSoftmaxRescale(): Pullback {
  return function logSoftmaxRescalePullback({ g, attributes, output, cotangent, twin }) {
    const axis = attributes.int("axis", -1);
    const sum = (value: Value): Value => g.reduceSum(value, [axis], true);
    const [y, m] = [output(0), cotangent(0)];
    const mean = logarithmicMean(g, g.exp(y), g.exp(twin(y)), difference(g, y, twin(y)));
    return [g.sub(m, g.mul(g.div(mean, sum(mean)), sum(m)))];
  };
}

/** ReduceLogSumExp: m̄ = m L / Σ L, L the logarithmic mean of exp(x − y) and exp(x′ − y′). */
export function logSumExpRescale(): Pullback {
  return function logSumExpRescalePullback(context) {
    const { g, input, output, cotangent, twin } = context;
    const share = (run: (value: Value) => Value): Value => g.sub(run(input(0)), alongReduced(context, run(output(0))));
    const [own, other] = [share((value) => value), share(twin)];
    const mean = logarithmicMean(g, g.exp(own), g.exp(other), difference(g, own, other));
    return toOperand(context, 0, g.mul(alongReduced(context, cotangent(0)), g.div(mean, sumAlike(context, mean))));
  };
}

/** a − b, 0 where both are the same infinity: entries that a mask shuts out in both runs. */
function difference(g: GraphBuilder, a: Value, b: Value): Value {
  return g.where(g.equal(a, b), g.scalar(0, a), g.sub(a, b));
}

/** (y − y′) / d for d = log y − log y′, as (y + y′) / 2 · tanh(d/2) / (d/2). */
function logarithmicMean(g: GraphBuilder, y: Value, other: Value, d: Value): Value {
  const half = g.scale(d, 0.5);
  const isSmall = g.less(g.abs(half), g.scalar(SMALL, half));
  const factor = g.where(isSmall, g.shift(g.scale(g.square(half), -1 / 3), 1), g.div(g.tanh(half), g.where(isSmall, g.scalar(1, half), half)));
  return g.mul(g.scale(g.add(y, other), 0.5), factor);
}
