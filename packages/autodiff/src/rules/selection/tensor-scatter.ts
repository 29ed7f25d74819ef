import type { Value } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { rankOf } from "@xdeep/onnx";
import { scatterElementsRule } from "./scatter-elements.ts";

/** TensorScatter: y is a cache with an update written along an axis, each sample's from an index of its own on;  composed of ScatterElements. */
export const tensorScatterRule: GradientRule = {
  op: "TensorScatter",
  since: [24],
  pullback: /* @__PURE__ */ composedPullback([scatterElementsRule], tensorScatter),
};

function tensorScatter({ g, attributes, input, hasInput }: PullbackContext): readonly Value[] {
  const [cache, update] = [input(0), input(1)];
  const rank = rankOf(cache);
  const axis = (attributes.int("axis", -2) + rank) % rank;
  const along = (which: number): Value => g.ints(Array.from({ length: rank }, (_, i) => (i === which ? -1 : 1)));
  const steps = g.op("Range", [g.int(0), g.squeeze(g.dimOf(update, axis), [0]), g.int(1)]);
  const starts = hasInput(2) ? g.reshape(g.cast(input(2), "int64"), along(0)) : g.int(0);
  const places = g.add(g.reshape(steps, along(axis)), starts);
  const circular = attributes.string("mode", "linear") === "circular";
  const indices = g.expandLike(circular ? g.op("Mod", [places, g.dimOf(cache, axis)]) : places, update);
  return [g.op("ScatterElements", [cache, indices, update], { axis })];
}
