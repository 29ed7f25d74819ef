import { type Attributes, type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { type ResizedAxis, resizedAxes } from "../../formulas/resize-axes.ts";
import { resizeWeights } from "../../formulas/resize-weights.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

/**
 * Resize: y = (W₁ ⊗ W₂ ⊗ …) x, axis by axis;  x̄ = (W₁ᵀ ⊗ W₂ᵀ ⊗ …) ȳ.
 *
 * Every mode is linear in x and separates by axis. The weights W of an axis are what the operator itself makes of the identity matrix, so they
 * are the engine's own; with known dims they are folded when the model is loaded. Nearest-neighbour upsampling by whole factors sums windows.
 */
export const resizeRule: GradientRule = {
  op: "Resize",
  since: [13, 18, 19],
  pullback: function resizePullback(context) {
    const { g, attributes, input, cotangent, inputCount } = context;
    refuseMovedGrid(context);
    const axes = resizedAxes(context);
    const factors = repeatsElements(attributes) ? wholeFactors(input(0), axes) : null;
    const dx = factors === null ? axes.reduce((dy, axis) => weighted(context, dy, axis), cotangent(0)) : windowSums(g, cotangent(0), factors);
    return [dx, null, null, null].slice(0, inputCount);
  },
};

/** A region or scales that are inputs of the model move the sampled positions; their derivatives are not written. */
function refuseMovedGrid({ node, attributes, hasInput, wants }: PullbackContext): void {
  const region = attributes.string("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize" && hasInput(1) && wants(1);
  if (region || (hasInput(2) && wants(2)))
    throw unsupportedNode(node, `its ${region ? "region" : "scales"} would have to be differentiated, too. Name the inputs to explain in wrt.`);
}

/** Whether an upsampling by whole factors k has y[i] = x[⌊i / k⌋]. */
function repeatsElements(attributes: Attributes): boolean {
  const coordinates = attributes.string("coordinate_transformation_mode", "half_pixel");
  const rounding = attributes.string("nearest_mode", "round_prefer_floor");
  if (attributes.string("mode", "nearest") !== "nearest") return false;
  if (rounding === "floor") return coordinates === "asymmetric" || coordinates === "tf_half_pixel_for_nn";
  return rounding.startsWith("round_") && ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel"].includes(coordinates);
}

/** The factors of the spatial axes where all are whole and pools go over them, else null. */
function wholeFactors(x: Value, axes: readonly ResizedAxis[]): readonly number[] | null {
  const rank = rankOf(x);
  const whole = axes.every(({ axis, factor }) => axis >= 2 && factor !== null && Number.isInteger(factor) && factor >= 1);
  if (!whole || rank < 3 || rank > 5) return null;
  return Array.from({ length: rank - 2 }, (_, i) => axes.find(({ axis }) => axis === i + 2)?.factor ?? 1);
}

function windowSums(g: GraphBuilder, dy: Value, factors: readonly number[]): Value {
  const mean = g.op("AveragePool", [dy], { kernel_shape: factors, strides: factors });
  return g.scale(
    mean,
    factors.reduce((product, factor) => product * factor, 1),
  );
}

/** Wᵀ ȳ along one axis. */
function weighted(context: PullbackContext, dy: Value, resized: ResizedAxis): Value {
  const { g, input } = context;
  const rank = rankOf(input(0));
  const weights = resizeWeights(context, resized);
  if (resized.axis === rank - 2) return g.matmul(weights, dy);
  const swap = Array.from({ length: rank }, (_, i) => (i === resized.axis ? rank - 1 : i === rank - 1 ? resized.axis : i));
  return g.transpose(g.matmul(g.transpose(dy, swap), g.transpose(weights, [1, 0])), swap);
}
