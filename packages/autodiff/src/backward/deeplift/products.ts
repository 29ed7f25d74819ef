import { gaussLegendre } from "@xdeep/core/backend";
import type { Value } from "@xdeep/onnx";
import { knownInts } from "../../formulas/int-list.ts";
import { knownCount } from "../../formulas/reduction.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { isOther } from "../../sweep/operands.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";
import { quotientOf } from "./quotient.ts";

/** More entries than this are refused: each of the points below takes the product apart once. */
const MOST_ENTRIES = 256;

/**
 * Products: the ordinary pullback, averaged over the line from x′ to x. That of k factors is a polynomial of degree k − 1 on it, so that ⌈k/2⌉ points of
 * Gauss–Legendre average it exactly, and shares add up. Of two factors that is the mean of both runs: Δ(a b) = Δa (b + b′) / 2 + Δb (a + a′) / 2. Of
 * three it is the mean of the three ways to multiply in pairs, of any number the Shapley value of each factor: their order does not matter, and
 * zeros need no care.
 */
export function product(found: GradientRule): Pullback {
  return function productPullback(context) {
    const { g, inputCount } = context;
    const { nodes, weights } = gaussLegendre(Math.max(1, Math.ceil(factorCount(context) / 2)));
    const [first, ...others] = Array.from(nodes, (t) => found.pullback(between(context, t))) as [ReturnType<Pullback>, ...ReturnType<Pullback>[]];
    if (others.length === 0) return first;
    const weighted = (i: number): readonly Value[] => [first, ...others].map((values, k) => g.scale(values[i]!, weights[k]!));
    return Array.from({ length: inputCount }, (_, i) => (first[i] == null ? null : g.sum(weighted(i))));
  };
}

/** What a pullback sees of its node at x′ + t (x − x′). */
function between(context: PullbackContext, t: number): PullbackContext {
  const { g, input, twin } = context;
  const at = (value: Value): Value => {
    const other = twin(value);
    if (other.name === value.name) return value;
    return t === 0.5 ? g.scale(g.add(value, other), 0.5) : g.add(g.scale(value, t), g.scale(other, 1 - t));
  };
  return { ...context, input: (i) => at(input(i)) };
}

/** How many factors that depend on the input are multiplied for one entry of the result, at most. */
function factorCount(context: PullbackContext): number {
  const { node, input, hasInput, inputCount } = context;
  if (node.opType === "Einsum") return Array.from({ length: inputCount }, (_, i) => i).filter((i) => hasInput(i) && isOther(context, i)).length;
  const count = { CumProd: () => knownDim(input(0), knownInts(input(1))?.[0]), Det: () => knownDim(input(0), -1), ReduceProd: () => knownCount(context) };
  const found = node.opType in count ? count[node.opType as keyof typeof count]() : 2;
  if (found === null) throw unsupportedNode(node, "how many entries it multiplies is known only at run time, and DeepLIFT needs the number.");
  if (found > MOST_ENTRIES) throw unsupportedNode(node, `it multiplies ${found} entries, and DeepLIFT takes products of at most ${MOST_ENTRIES} apart.`);
  return found;
}

function knownDim(value: Value, axis: number | undefined): number | null {
  const dim = axis === undefined ? undefined : value.facts.dims?.at(axis);
  return typeof dim === "number" ? dim : null;
}

/**
 * Div: Δ(a / b) = Δa (1/b + 1/b′) / 2 − Δb (a + a′) / 2 / (b b′). Where a Where may drop quotients of 0, as TensorFlow's division without NaN does, 1/0 counts as
 * 0, so that the quotient is a product with a number that rises from 0 to 1/b.
 */
export function quotient(): Pullback {
  return function quotientPullback({ g, input, cotangent, twin, wants, isChosenFrom }: PullbackContext) {
    const [a, b, m] = [input(0), input(1), cotangent(0)];
    const mayBeDropped = isChosenFrom(0);
    const inverse = (value: Value): Value => (mayBeDropped ? quotientOf(g, g.fillLike(value, 1), value) : g.reciprocal(value));
    const [r, s] = [inverse(b), inverse(twin(b))];
    const da = g.scale(g.mul(m, g.add(r, s)), 0.5);
    const mean = (): Value => g.mul(m, g.scale(g.add(a, twin(a)), 0.5));
    const db = (): Value => g.neg(g.mul(m, g.div(g.scale(g.div(g.add(a, twin(a)), b), 0.5), twin(b))));
    const dbFromZero = (): Value => g.mul(mean(), g.where(g.equal(g.mul(b, twin(b)), g.scalar(0, b)), g.add(g.square(r), g.square(s)), g.neg(g.mul(r, s))));
    return [wants(0) ? da : null, wants(1) ? (mayBeDropped ? dbFromZero() : db()) : null];
  };
}
