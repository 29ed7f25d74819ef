import { axisFromFront } from "../../graphs/facts.ts";
import type { OpsetConverter } from "../converter.ts";
import type { OldNode } from "../old-node.ts";

/** Until opset 12 the axes from `axis` (default 1) on were taken together as one row; since then one axis alone is meant. */
export const softmaxConverter: OpsetConverter = {
  ops: ["Hardmax", "LogSoftmax", "Softmax"],
  below: 13,
  convert: (node) => {
    const axis = soleAxis(node);
    if (axis !== null) return node.rewrite({ set: { axis } });
    const rows = node.emit("Flatten", [node.input(0)], { axis: node.attributes.int("axis", 1) });
    const flat = node.emit(node.proto.opType, [rows], { axis: -1 });
    const shape = node.emit("Shape", [node.input(0)]);
    return node.rewrite({ op: "Reshape", inputs: [flat, shape], remove: ["axis"], set: { allowzero: 1 } });
  },
};

/** The one axis from `axis` on that has more than one element, or null where there are several or it is not known. */
function soleAxis(node: OldNode): number | null {
  const axis = node.attributes.int("axis", 1);
  if (axis === -1) return -1;
  const { dims } = node.facts(0);
  if (dims === null || dims.length === 0) return null;
  const first = axisFromFront(axis, dims.length);
  const wide = dims.flatMap((dim, index) => (index >= first && dim !== 1 ? [index] : []));
  if (wide.length > 1) return null;
  return wide[0] ?? (first < dims.length ? first : null);
}
