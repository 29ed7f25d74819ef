import { type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type GraphProto, GraphProtoSchema, type ModelProto, ModelProtoSchema, type TensorProto, TensorProtoSchema } from "../gen/onnx_pb.ts";
import { withoutFields } from "../graphs/with-fields.ts";

/** Pieces of a file, one after the other. */
type Pieces = readonly Uint8Array[];

/** Tensors smaller than this are encoded with the rest. */
const SMALL = 4096;

/**
 * The bytes that the protobuf library writes, in pieces: the large weights of the main graph are pieces of their own, as they are. The library
 * copies them several times over, which takes seconds for a few hundred megabytes.
 */
export function encodeModel(model: ModelProto): Pieces {
  const { graph } = model;
  if (graph === undefined || graph.initializer.every(({ rawData }) => rawData.length < SMALL)) return [toBinary(ModelProtoSchema, model)];
  return around(ModelProtoSchema, model, "graph", [nested(7, encodeGraph(graph))]);
}

/** The pieces as one array. */
export function joinPieces(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(pieces));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

function encodeGraph(graph: GraphProto): Pieces {
  return around(
    GraphProtoSchema,
    graph,
    "initializer",
    graph.initializer.map((tensor) => nested(5, encodeTensor(tensor))),
  );
}

function encodeTensor(tensor: TensorProto): Pieces {
  if (tensor.rawData.length < SMALL) return [toBinary(TensorProtoSchema, tensor)];
  return around(TensorProtoSchema, tensor, "rawData", [nested(9, [tensor.rawData])]);
}

/** The fields of a message in the order of their numbers, with `middle` in place of one of them. */
function around<T extends Message>(schema: DescMessage, message: T, field: Exclude<keyof T, "$typeName">, middle: readonly Pieces[]): Pieces {
  const names = schema.fields.toSorted((a, b) => a.number - b.number).map(({ localName }) => localName as typeof field);
  const at = names.indexOf(field);
  const before = withoutFields(message, [...names.slice(at), "$unknown" as typeof field]);
  const after = withoutFields(message, names.slice(0, at + 1));
  return [toBinary(schema, before), ...middle.flat(), toBinary(schema, after)];
}

function nested(field: number, pieces: Pieces): Pieces {
  return [new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(lengthOf(pieces)).finish(), ...pieces];
}

/** In bytes. */
export function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
