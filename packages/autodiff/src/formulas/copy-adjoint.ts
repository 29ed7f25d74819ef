import { type GraphBuilder, type Value } from "@xdeep/onnx";

/**
 * The adjoint of an operator that copies elements of x: each cotangent is added where its element came from. To find these places, the operator is
 * applied to the numbers 0, 1, 2… laid out like x: Gather of [7, 8, 9] at [2, 0] reads places [2, 0].
 *
 * `copies` is false where no element is taken twice: then nothing has to be added up. Sums go through ScatterElements: ScatterND adds
 * duplicates in parallel in some versions of ONNX Runtime, and loses terms.
 */
export function copyAdjoint(g: GraphBuilder, x: Value, dy: Value, copies: boolean, operator: (positions: Value) => Value): Value {
  const size = g.op("Size", [x]);
  const positions = g.reshape(g.op("Range", [g.int(0), size, g.int(1)]), g.shapeOf(x));
  const sources = g.reshape(operator(positions), g.ints([-1]));
  const zeros = g.expand(g.scalar(0, x), g.reshape(size, g.ints([1])));
  const flat = g.reshape(dy, g.ints([-1]));
  return g.reshapeLike(g.op("ScatterElements", [zeros, sources, flat], copies ? { reduction: "add" } : {}), x);
}
