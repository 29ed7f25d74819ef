import type { GraphBuilder, Value } from "@xdeep/onnx";
import { knownDims, spatialDims } from "../../formulas/windows/conv-geometry.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/** GlobalAveragePool: y = mean of x over space;  x̄ = ȳ / (number of positions), everywhere. */
export const globalAveragePoolRule: GradientRule = {
  op: "GlobalAveragePool",
  since: [1, 22],
  pullback: function globalAveragePoolPullback({ g, input, cotangent }) {
    const x = input(0);
    const dims = knownDims(spatialDims(x));
    const mean = dims === null ? g.div(cotangent(0), positions(g, x)) : g.scale(cotangent(0), 1 / dims.reduce((product, dim) => product * dim, 1));
    return [g.expandLike(mean, x)];
  },
};

function positions(g: GraphBuilder, x: Value): Value {
  return g.castLike(g.op("ReduceProd", [g.op("Shape", [x], { start: 2 })], { keepdims: 0 }), x);
}
