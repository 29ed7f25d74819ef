import { typeAttribute } from "./make.ts";
import { type InferenceRules, tensor } from "../rule.ts";

/** Linear quantization. */
export const quantizeRules: InferenceRules = {
  QuantizeLinear: (node) => {
    const asked = node.attributes.int("output_dtype", 0) === 0 ? (node.has(2) ? node.type(2) : "uint8") : typeAttribute(node, "output_dtype", null);
    return [tensor(asked, node.dims(0))];
  },
  DequantizeLinear: (node) => [tensor(node.attributes.int("output_dtype", 0) === 0 ? node.type(1) : typeAttribute(node, "output_dtype", null), node.dims(0))],
  DynamicQuantizeLinear: (node) => [tensor("uint8", node.dims(0)), tensor("float32", []), tensor("uint8", [])],
};
