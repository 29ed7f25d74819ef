import { TensorProto_DataType } from "../../gen/onnx_pb.ts";
import type { OpsetConverter } from "../converter.ts";

/** The type was a word until opset 5. */
export const castConverter: OpsetConverter = {
  ops: ["Cast"],
  below: 6,
  convert: (node) => {
    const word = node.attributes.string("to", "");
    const to = (TensorProto_DataType as unknown as Readonly<Record<string, number | string>>)[word.toUpperCase()];
    if (typeof to !== "number") throw node.refusal(`"${word}" is no element type`);
    node.rewrite({ set: { to } });
  },
};
