import type { OpsetConverter } from "../converter.ts";
import type { OldNode } from "../old-node.ts";

/** Upsample is Resize by factors of at least 1, with coordinates x / scale, the nearest one rounded down. */
export const upsampleConverter: OpsetConverter = {
  ops: ["Upsample"],
  below: 18,
  convert: (node) => {
    const mode = node.attributes.string("mode", "nearest");
    node.rewrite({
      op: "Resize",
      inputs: [node.input(0), "", upsampleScales(node)],
      remove: ["scales", "height_scale", "width_scale"],
      set: { mode: mode === "bilinear" ? "linear" : mode, ...asymmetric("floor") },
    });
  },
};

function upsampleScales(node: OldNode): string {
  if (node.opset >= 9) return node.input(1);
  if (node.opset >= 7) return floats(node, node.attributes.floats("scales", []));
  return floats(node, [1, 1, node.attributes.float("height_scale", 1), node.attributes.float("width_scale", 1)]);
}

/** Coordinates and rounding became attributes in opset 11, sizes and scales exclusive in 13. */
export const resizeConverter: OpsetConverter = {
  ops: ["Resize"],
  below: 18,
  convert: (node) => (node.opset < 11 ? convertResize10(node) : convertResize11(node)),
};

/** In opset 10 the nearest coordinate is rounded down on axes that grow and up on axes that shrink. */
function convertResize10(node: OldNode): void {
  const scales = node.facts(1).constant;
  const factors = scales?.type === "float32" ? [...scales.data] : null;
  const nearest = node.attributes.string("mode", "nearest") === "nearest";
  if (!nearest || factors?.every((factor) => factor >= 1)) {
    return node.rewrite({ inputs: [node.input(0), "", node.input(1)], set: asymmetric("floor") });
  }
  if (factors?.every((factor) => factor <= 1)) return node.rewrite({ inputs: [node.input(0), "", node.input(1)], set: asymmetric("ceil") });
  const one = floats(node, [1]);
  const shrunk = node.emit("Resize", [node.input(0), "", node.emit("Min", [node.input(1), one])], { mode: "nearest", ...asymmetric("ceil") });
  return node.rewrite({ inputs: [shrunk, "", node.emit("Max", [node.input(1), one])], set: asymmetric("floor") });
}

function convertResize11(node: OldNode): void {
  const transformation = node.attributes.string("coordinate_transformation_mode", "half_pixel");
  const roi = transformation === "tf_crop_and_resize" ? node.input(1) : "";
  const sized = node.input(3) !== "" && !isEmpty(node, 3);
  const inputs = [node.input(0), roi, sized ? "" : node.input(2), sized ? node.input(3) : ""];
  if (transformation !== "tf_half_pixel_for_nn") return node.rewrite({ inputs });
  const rounding = node.attributes.string("nearest_mode", "round_prefer_floor");
  if (node.attributes.string("mode", "nearest") !== "nearest" || rounding !== "floor") {
    throw node.refusal(`coordinate_transformation_mode tf_half_pixel_for_nn was removed, and with nearest_mode ${rounding} nothing equals it`);
  }
  // floor((x + ½) / s) = round((x + ½) / s − ½), halves up.
  return node.rewrite({ inputs, set: { coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" } });
}

function isEmpty(node: OldNode, index: number): boolean {
  return node.facts(index).dims?.includes(0) ?? false;
}

function asymmetric(rounding: "ceil" | "floor"): { coordinate_transformation_mode: string; nearest_mode: string } {
  return { coordinate_transformation_mode: "asymmetric", nearest_mode: rounding };
}

function floats(node: OldNode, values: readonly number[]): string {
  return node.constant("scales", { type: "float32", dims: [values.length], data: Float32Array.from(values) });
}
