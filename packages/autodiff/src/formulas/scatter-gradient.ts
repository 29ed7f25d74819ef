import type { GraphBuilder, Value } from "@xdeep/onnx";
import type { PullbackContext } from "../sweep/rule.ts";
import { unsupportedNode } from "../graph/unsupported-node.ts";

/** How a scatter operator reaches its places. */
export interface Places {
  /** What stands at each place: the reading counterpart of the operator. */
  readonly read: (x: Value) => Value;
  /** The operator itself, with this reduction. */
  readonly write: (x: Value, updates: Value, reduction: string) => Value;
}

/**
 * Cotangents of x and of the updates u of a scatter operator. none: ū = ȳ at its place, x̄ = ȳ, 0 where something was written. add: ū = ȳ at
 * its place, x̄ = ȳ. mul: ȳ times the product of the other factors of the place. max, min: ȳ shared evenly by all that equal the result.
 */
export function scatterPullback(context: PullbackContext, places: Places): readonly (Value | null)[] {
  const { g, node, attributes, input, cotangent } = context;
  const dy = cotangent(0);
  const reduction = attributes.string("reduction", "none");
  switch (reduction) {
    case "none":
      return [places.write(dy, g.zerosLike(input(2)), "none"), null, places.read(dy)];
    case "add":
      return [dy, null, places.read(dy)];
    case "mul":
      return productPullback(context, places);
    case "max":
    case "min":
      return extremumPullback(context, places);
    default:
      throw unsupportedNode(node, `the reduction "${reduction}" is not known.`);
  }
}

function productPullback({ g, input, cotangent }: PullbackContext, { read, write }: Places): readonly (Value | null)[] {
  const [x, updates, dy] = [input(0), input(2), cotangent(0)];
  const factors = [x, updates].map((value) => withoutZeros(g, value));
  const [atX, atUpdates] = factors as [Factors, Factors];
  const product = g.mul(dy, write(atX.nonzero, atUpdates.nonzero, "mul"));
  const zeros = write(atX.zeros, atUpdates.zeros, "add");
  const others = (own: Factors, all: Value, allZeros: Value): Value => g.keepWhere(g.equal(allZeros, own.zeros), g.div(all, own.nonzero));
  return [others(atX, product, zeros), null, others(atUpdates, read(product), read(zeros))];
}

interface Factors {
  /** The value with 1 in place of 0. */
  readonly nonzero: Value;
  /** 1 where the value is 0, else 0. */
  readonly zeros: Value;
}

function withoutZeros(g: GraphBuilder, x: Value): Factors {
  const isZero = g.equal(x, g.scalar(0, x));
  return { nonzero: g.where(isZero, g.scalar(1, x), x), zeros: g.castLike(isZero, x) };
}

function extremumPullback({ g, input, output, cotangent }: PullbackContext, { read, write }: Places): readonly (Value | null)[] {
  const [x, updates, y] = [input(0), input(2), output(0)];
  const [fromX, fromUpdates] = [g.equal(x, y), g.equal(updates, read(y))];
  const share = g.div(cotangent(0), write(g.castLike(fromX, x), g.castLike(fromUpdates, x), "add"));
  return [g.keepWhere(fromX, share), null, g.keepWhere(fromUpdates, read(share))];
}
