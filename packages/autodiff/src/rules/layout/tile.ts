import { type GraphBuilder, type Value, rankOf, staticDims } from "@xdeep/onnx";
import { knownInts } from "../../formulas/int-list.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** Tile: y = x repeated along every axis;  x̄ = Σ ȳ over the copies. */
export const tileRule: GradientRule = {
  op: "Tile",
  since: [6, 13],
  pullback: function tilePullback({ g, input, cotangent }) {
    const x = input(0);
    const copies = g.reshape(cotangent(0), copiesByAxis(g, x, input(1)));
    return [
      g.reduceSum(
        copies,
        Array.from({ length: rankOf(x) }, (_, axis) => 2 * axis),
        false,
      ),
      null,
    ];
  },
};

/** The shape [r₀, d₀, r₁, d₁, …], which holds each axis of y apart into copies of x's. */
function copiesByAxis(g: GraphBuilder, x: Value, repeats: Value): Value {
  const [dims, known] = [staticDims(x.facts), knownInts(repeats)];
  if (dims !== null && known !== null) return g.ints(dims.flatMap((dim, axis) => [known[axis] as number, dim]));
  const pairs = g.concat([g.unsqueeze(repeats, [1]), g.unsqueeze(g.shapeOf(x), [1])], 1);
  return g.reshape(pairs, g.ints([2 * rankOf(x)]));
}
