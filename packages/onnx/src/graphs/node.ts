import { create } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as Kind, AttributeProtoSchema, NodeProtoSchema } from "../gen/onnx_pb.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "../gen/onnx_pb.ts";

/** Marks a number or a list of numbers as FLOAT or FLOATS; plain numbers are INT and INTS. */
export class FloatAttribute {
  readonly value: number | readonly number[];
  constructor(value: number | readonly number[]) {
    this.value = value;
  }
}

/** A FLOAT (or FLOATS) attribute: `{ alpha: float(1) }`. */
export function float(value: number | readonly number[]): FloatAttribute {
  return new FloatAttribute(value);
}

/** What an attribute may be given as. Undefined leaves it out. */
export type AttributeValue = number | readonly number[] | FloatAttribute | string | readonly string[] | TensorProto | GraphProto | undefined;

export interface NodeOptions {
  readonly name?: string;
  readonly domain?: string;
}

/** A node; "" stands for an optional input that is left out. */
export function nodeProto(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  options: NodeOptions = {},
): NodeProto {
  const attribute = Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [attributeProto(name, value)]));
  return create(NodeProtoSchema, {
    opType: op,
    input: [...inputs],
    output: [...outputs],
    attribute,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.domain ? { domain: options.domain } : {}),
  });
}

/** An attribute of the type that its value shows. */
export function attributeProto(name: string, value: Exclude<AttributeValue, undefined>): AttributeProto {
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) });
  if (typeof value === "string") return create(AttributeProtoSchema, { name, type: Kind.STRING, s: encodeText(value) });
  if (value instanceof FloatAttribute) {
    return typeof value.value === "number"
      ? create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: value.value })
      : create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...value.value] });
  }
  if (Array.isArray(value)) return listAttribute(name, value as readonly number[] | readonly string[]);
  const message = value as TensorProto | GraphProto;
  return message.$typeName === "onnx.TensorProto"
    ? create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: message })
    : create(AttributeProtoSchema, { name, type: Kind.GRAPH, g: message });
}

function listAttribute(name: string, list: readonly number[] | readonly string[]): AttributeProto {
  return typeof list[0] === "string"
    ? create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings: (list as readonly string[]).map(encodeText) })
    : create(AttributeProtoSchema, { name, type: Kind.INTS, ints: (list as readonly number[]).map(BigInt) });
}

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
