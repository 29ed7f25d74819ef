import { XDeepError, sizeOf } from "@xdeep/core";
import { type ValueInfoProto, readModel } from "@xdeep/onnx";

import { declaredValue } from "../declared-value.ts";

/** Types that sidecars can name. */
export type PlainType = "float32" | "int8" | "int16" | "int32" | "int64" | "uint8";

/** An input or output of a file: its dims without the batch. */
export interface FileValue {
  readonly name: string;
  readonly type: PlainType;
  readonly dims: readonly number[];
}

/** What goes into a file and what comes out. */
export interface FileInterface {
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
}

const PLAIN_TYPES: readonly string[] = ["float32", "int8", "int16", "int32", "int64", "uint8"] satisfies PlainType[];

/**
 * Reads what a portable file takes and gives.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED for a file whose batch is not in front, or whose other sizes are open
 */
export function fileInterface(bytes: Uint8Array): FileInterface {
  const { graph } = readModel(bytes);
  return { inputs: graph!.input.map(fileValue), outputs: graph!.output.map(fileValue) };
}

function fileValue(info: ValueInfoProto): FileValue {
  const { name, type, dims } = declaredValue(info);
  const [batch, ...rest] = dims ?? [];
  if (typeof batch === "string" && type !== null && PLAIN_TYPES.includes(type) && rest.every((dim) => typeof dim === "number")) {
    return { name, type: type as PlainType, dims: rest };
  }
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `"${name}" is not portable, so nothing is written for other places: its batch must be open and in front, its other sizes fixed. checkPortable tells more.`,
    {
      details: { value: name },
    },
  );
}

/** Elements of one row. */
export function rowSize({ dims }: FileValue): number {
  return sizeOf(dims);
}

/** A line of Python: the name of a value, its type and the dims of one row. */
export function pythonValues(values: readonly FileValue[]): string {
  const tuple = (dims: readonly number[]): string => (dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(", ")})`);
  return values.map(({ name, type, dims }) => `    ${JSON.stringify(name)}: ("${type}", ${tuple(dims)}),\n`).join("");
}
