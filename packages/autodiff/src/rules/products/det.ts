import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

/** Det: y = det x over the last two axes;  x̄ᵢⱼ = (−1)ⁱ⁺ʲ det(x without row i and column j) ȳ, which needs no inverse and holds for singular x too. */
export const detRule: GradientRule = {
  op: "Det",
  since: [11, 22],
  pullback: function detPullback({ g, node, input, cotangent }) {
    const x = input(0);
    const [rows, columns] = x.facts.dims?.slice(-2) ?? [];
    const n = typeof rows === "number" ? rows : columns;
    if (typeof n !== "number") throw unsupportedNode(node, "the size of its matrices is known only at run time.");
    const dy = g.unsqueeze(cotangent(0), [-2, -1]);
    return [n === 1 ? dy : g.mul(dy, cofactors(g, x, n))];
  },
};

function cofactors(g: GraphBuilder, x: Value, n: number): Value {
  const rank = rankOf(x);
  const allBut = g.table("int64", [n, n - 1], (at) => (at % (n - 1)) + Number(at % (n - 1) >= Math.floor(at / (n - 1))), "others");
  const minors = g.gather(g.gather(x, allBut, rank - 2), allBut, rank);
  const batch = Array.from({ length: rank - 2 }, (_, axis) => axis);
  const [i, k, j, l] = [rank - 2, rank - 1, rank, rank + 1];
  const signs = g.table("float32", [n, n], (at) => (-1) ** (Math.floor(at / n) + (at % n)), "signs");
  return g.mul(g.op("Det", [g.transpose(minors, [...batch, i, j, k, l])]), g.castLike(signs, x));
}
