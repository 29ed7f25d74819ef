import { isXDeepError } from "@xdeep/core";
import { type GraphBuilder, type GraphProto, type Value, valueInfoProto } from "@xdeep/onnx";
import { gradientBody, subgraphOf } from "../../sweep/loops/gradient-body.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * If: y = then(v…) where the condition holds, else else(v…);  v̄ = the pullback of the branch that was taken, 0 for values that it does not use.
 *
 * The values v are those that the branches take from outside. The branch is computed again beside its gradient.
 */
export const ifRule: GradientRule = {
  op: "If",
  since: [11, 13, 16, 19, 21, 23, 24, 25],
  pullback: function ifPullback(context) {
    const { g, input, inputCount, wants } = context;
    const outer = Array.from({ length: inputCount }, (_, i) => (i > 0 && wants(i) ? input(i) : null));
    const wrt = outer.filter((value) => value !== null);
    if (wrt.length === 0) return outer;
    const branches = { then_branch: branchGradient(context, "then_branch", wrt), else_branch: branchGradient(context, "else_branch", wrt) };
    const results = g.emit("If", [input(0)], branches, { outputs: wrt.length });
    return outer.map((value) =>
      value === null ? null : { name: (results[wrt.indexOf(value)] as Value).name, facts: { type: value.facts.type, dims: value.facts.dims } },
    );
  },
};

/** The branch's forward nodes and their reverse sweep, with one cotangent per wanted value. */
function branchGradient(context: PullbackContext, name: string, wrt: readonly Value[]): GraphProto {
  const g = context.g.subgraph();
  const cotangentOf = takenBack(context, g, name, wrt);
  return subgraphOf(
    g,
    [],
    wrt.map((value) => cotangentOf(value.name) ?? g.zerosLike(value)),
    // A branch that is not taken may give other axes than it should, and ONNX Runtime's wasm build refuses what contradicts its own inference.
    ({ name, facts }) => valueInfoProto(name, facts.type ?? "float32", null),
  );
}

/** The cotangents of a branch, by name. None for one that contradicts itself: exporters write such branches for shapes that do not occur. */
function takenBack(context: PullbackContext, g: GraphBuilder, name: string, wrt: readonly Value[]): (name: string) => Value | null {
  const { attributes, outputCount, hasCotangent, cotangent } = context;
  const cotangents = Array.from({ length: outputCount }, (_, i) => (hasCotangent(i) ? cotangent(i) : null));
  try {
    return gradientBody(context, g, attributes.graph(name) as GraphProto, { inputs: [], cotangents, wrt, twins: [] });
  } catch (error) {
    if (isXDeepError(error, "MODEL_INVALID")) return () => null;
    throw error;
  }
}
