import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Where and how bytes break the wire format of a message. */
export class WireFormatError extends Error {
  override readonly name = "WireFormatError";
  /** The field, as in `graph.initializer.raw_data`. */
  readonly path: string;
  /** True where a field reaches past the end of the bytes: the file was cut off. */
  readonly truncated: boolean;

  constructor(path: string, problem: string, truncated: boolean) {
    super(`${path === "" ? "the model" : path}: ${problem}`);
    this.path = path;
    this.truncated = truncated;
  }
}

/** Messages within messages, as other readers of protocol buffers allow them. */
const DEEPEST = 100;

/**
 * Walks the bytes of a message and of all messages in it: every known field must have its wire type, and every message must end where its
 * length says. The decoder alone would turn many damaged files into a different model without complaint.
 *
 * @throws {WireFormatError} at the first fault.
 */
export function checkWireFormat(schema: DescMessage, bytes: Uint8Array): void {
  checkMessage(schema, new BinaryReader(bytes), { end: bytes.length, path: "", depth: 0 });
}

interface Place {
  /** Where the message ends. */
  readonly end: number;
  readonly path: string;
  readonly depth: number;
}

function checkMessage(schema: DescMessage, reader: BinaryReader, { end, path, depth }: Place): void {
  if (depth > DEEPEST) throw new WireFormatError(path, `has more than ${DEEPEST} messages within each other`, false);
  const fields = fieldsOf(schema);
  while (reader.pos < end) {
    const [number, wireType] = inPath(path, () => reader.tag());
    const field = fields.get(number);
    const fieldPath = joinPath(path, field?.name ?? `field ${number}`);
    if (field !== undefined && !wireTypesOf(field).includes(wireType)) {
      throw new WireFormatError(fieldPath, `has wire type ${wireType}, expected ${wireTypesOf(field).join(" or ")}`, false);
    }
    if (wireType === WireType.LengthDelimited) {
      checkDelimited(field, reader, { end, path: fieldPath, depth });
    } else {
      inPath(fieldPath, () => reader.skip(wireType, number));
    }
  }
  if (reader.pos !== end) throw new WireFormatError(path, "ends inside a field", false);
}

function checkDelimited(field: DescField | undefined, reader: BinaryReader, { end: parentEnd, path, depth }: Place): void {
  const length = inPath(path, () => reader.uint32());
  const end = reader.pos + length;
  if (end > parentEnd) {
    throw new WireFormatError(path, `says it has ${length} bytes, but only ${parentEnd - reader.pos} follow`, isTopLevel(path));
  }
  if (field?.message === undefined) reader.pos = end;
  else checkMessage(field.message, reader, { end, path, depth: depth + 1 });
}

const fieldMaps = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsOf(schema: DescMessage): ReadonlyMap<number, DescField> {
  let fields = fieldMaps.get(schema);
  if (fields === undefined) {
    fields = new Map(schema.fields.map((field) => [field.number, field]));
    fieldMaps.set(schema, fields);
  }
  return fields;
}

/** A list of numbers may be packed into one record or not, whatever the schema prefers. */
function wireTypesOf(field: DescField): readonly WireType[] {
  const single = wireTypeOf(field);
  return field.fieldKind === "list" && single !== WireType.LengthDelimited ? [single, WireType.LengthDelimited] : [single];
}

function wireTypeOf(field: DescField): WireType {
  if (field.message !== undefined || field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES) return WireType.LengthDelimited;
  if (field.scalar === ScalarType.FLOAT) return WireType.Bit32;
  return field.scalar === ScalarType.DOUBLE ? WireType.Bit64 : WireType.Varint;
}

function inPath<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new WireFormatError(path, cause instanceof Error ? cause.message : String(cause), cause instanceof RangeError && isTopLevel(path));
  }
}

/** A field of an inner message that overruns means damage: the message around it was found to be whole. */
function isTopLevel(path: string): boolean {
  return !path.includes(".");
}

function joinPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
