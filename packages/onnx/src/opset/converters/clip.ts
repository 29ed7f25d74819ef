import type { OpsetConverter } from "../converter.ts";
import type { OldNode } from "../old-node.ts";

const FLOAT32_MAX = 3.4028234663852886e38;

/** The bounds became inputs. In opset 6 to 10 bounds left out were the largest float32 numbers, which also bounded infinities. */
export const clipConverter: OpsetConverter = {
  ops: ["Clip"],
  below: 11,
  convert: (node) => node.rewrite({ inputs: [node.input(0), bound(node, "min", -FLOAT32_MAX), bound(node, "max", FLOAT32_MAX)], remove: ["min", "max"] }),
};

function bound(node: OldNode, name: "min" | "max", fallback: number): string {
  const value = node.attributes.float(name) ?? (node.opset < 6 ? undefined : fallback);
  return value === undefined ? "" : node.floatLike(name, value, 0);
}
