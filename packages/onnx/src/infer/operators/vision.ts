import type { Dim, Facts } from "../../graphs/facts.ts";
import { divideDimsExactly, productOfDims } from "../dim-arithmetic.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Sampling, regions and columns of images. */
export const visionRules: InferenceRules = {
  GridSample: (node) => {
    const [image, grid] = [node.dims(0), node.dims(1)];
    const spatial = grid?.slice(1, -1) ?? image?.slice(2).map(() => null);
    return [tensor(node.type(0), spatial === undefined ? null : [image?.[0] ?? grid?.[0] ?? null, image?.[1] ?? null, ...spatial])];
  },
  AffineGrid: (node) => [affineGrid(node)],
  RoiAlign: (node) => [
    tensor(node.type(0), [regionCount(node), node.dims(0)?.[1] ?? null, node.attributes.int("output_height", 1), node.attributes.int("output_width", 1)]),
  ],
  MaxRoiPool: (node) => [tensor(node.type(0), [regionCount(node), node.dims(0)?.[1] ?? null, ...(node.attributes.ints("pooled_shape") ?? [null, null])])],
  NonMaxSuppression: () => [tensor("int64", [null, 3])],
  ImageDecoder: (node) => [tensor("uint8", [null, null, node.attributes.string("pixel_format", "RGB") === "Grayscale" ? 1 : 3])],
  Col2Im: (node) => [columnsToImage(node)],
};

function regionCount(node: NodeView): Dim {
  return node.dims(1)?.[0] ?? node.dims(2)?.[0] ?? null;
}

/** Size [N, C, …spatial] makes a grid [N, …spatial, axes]. */
function affineGrid(node: NodeView): Facts {
  const size = node.shape(1);
  if (size === null) return tensor(node.type(0), null);
  return tensor(node.type(0), [size[0] ?? null, ...size.slice(2), size.length - 2]);
}

function columnsToImage(node: NodeView): Facts {
  const input = node.dims(0);
  const block = node.shape(2);
  const sizes = node.shape(1) ?? block?.map(() => null) ?? null;
  if (sizes === null) return tensor(node.type(0), null);
  const channels = block === null ? null : divideDimsExactly(input?.[1] ?? null, productOfDims(block));
  return tensor(node.type(0), [input?.[0] ?? null, channels, ...sizes]);
}
