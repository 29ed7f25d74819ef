import { type Attributes, type GraphBuilder, type Value, dataTypeCode, float, rankOf } from "@xdeep/onnx";
import { unsupportedNode } from "../graph/unsupported-node.ts";
import type { PullbackContext } from "../sweep/rule.ts";
import { joinInts } from "./int-list.ts";
import type { ResizedAxis } from "./resize-axes.ts";

/** Wᵀ: the identity matrix with its rows resized like this axis. */
export function resizeWeights(context: PullbackContext, { axis, size, scale, region }: ResizedAxis): Value {
  const { g, node, input } = context;
  const x = input(0);
  const dim = g.dimOf(x, axis);
  const identity = g.op("EyeLike", [g.op("ConstantOfShape", [joinInts(g, [dim, dim])])], { dtype: dataTypeCode(x.facts.type ?? "float32") });
  if (keepsRatio(context)) return weightsOfRatio(context, axis, identity);
  const roi = region === null ? null : g.concat([floats(g, input(1), 0), region[0], floats(g, input(1), 1), region[1]], 0);
  const scales = scale === null ? null : g.concat([floats(g, scale, 1), scale], 0);
  const sizes = size === null ? null : joinInts(g, [dim, size]);
  return g.repeat(node, [identity, roi, scales, sizes], { axes: [0, 1], extrapolation_value: float(0) })[0] as Value;
}

function floats(g: GraphBuilder, like: Value, value: number): Value {
  return g.reshape(g.scalar(value, like), g.ints([1]));
}

function keepsRatio({ attributes, hasInput }: PullbackContext): boolean {
  return hasInput(3) && policyOf(attributes) !== "stretch";
}

function policyOf(attributes: Attributes): string {
  return attributes.string("keep_aspect_ratio_policy", "stretch");
}

/**
 * Wᵀ where one scale holds for all axes, which follows from all their sizes: the rows of the identity matrix stand along an axis that stays as
 * it is, and the other axes, filled with ones, keep their sizes.
 */
function weightsOfRatio({ g, node, attributes, input, hasInput }: PullbackContext, axis: number, identity: Value): Value {
  const x = input(0);
  const rank = rankOf(x);
  const resizedOnes = (attributes.ints("axes") ?? Array.from({ length: rank }, (_, i) => i)).map((each) => (each + rank) % rank);
  const free = Array.from({ length: rank }, (_, i) => i).find((each) => !resizedOnes.includes(each));
  const crops = attributes.string("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize";
  if (free === undefined || crops)
    throw unsupportedNode(node, "its keep_aspect_ratio_policy goes with a region, or leaves no axis as it is. Export the model with scales.");
  const dims = Array.from({ length: rank }, (_, i) => (i === free ? g.dimOf(x, axis) : resizedOnes.includes(i) ? g.dimOf(x, i) : g.ints([1])));
  const rows = g.unsqueeze(
    identity,
    Array.from({ length: rank }, (_, i) => i).filter((i) => i !== free && i !== axis),
  );
  const result = g.repeat(node, [g.expand(rows, joinInts(g, dims)), null, null, hasInput(3) ? input(3) : null], {
    axes: resizedOnes,
    keep_aspect_ratio_policy: policyOf(attributes),
  })[0] as Value;
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== free && i !== axis);
  const matrix = others.toReversed().reduce((value, other) => g.gather(value, g.int(0), other), result);
  return free < axis ? matrix : g.transpose(matrix, [1, 0]);
}
