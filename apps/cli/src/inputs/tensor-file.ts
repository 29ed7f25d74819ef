import { readFile } from "node:fs/promises";

import { type DataType, type Tensor, type ValueInfo, sizeOf } from "@xdeep/core";
import { tensorFromNumbers } from "@xdeep/core/method";

import { unreadableFile } from "./file-error.ts";
import { jsonTensorIn } from "./json-tensor.ts";
import { type NumberArray, npyIn } from "./npy-file.ts";

/** True for files that hold numbers, not a picture. */
export function isTensorFile(path: string): boolean {
  return /\.(npy|json)$/i.test(path);
}

/**
 * Reads a .npy or .json file as an input of the model: in the input's type, and with a batch axis of 1 where only that is missing.
 *
 * @throws {XDeepError} INPUT_MISSING, INPUT_TYPE, INPUT_SHAPE
 */
export async function readTensorFile(path: string, info: ValueInfo): Promise<Tensor> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadableFile("INPUT_MISSING", "file", path, cause);
  });
  return tensorInFile(bytes, path, info);
}

/** The same of the bytes of a file. @throws {XDeepError} INPUT_TYPE, INPUT_SHAPE */
export function tensorInFile(bytes: Uint8Array, path: string, info: ValueInfo): Tensor {
  const { dims, numbers } = /\.npy$/i.test(path) ? npyIn(bytes, path) : jsonTensorIn(Buffer.from(bytes).toString("utf8"), path);
  const isOneSample = info.dims.length > 0 && dims.length === info.dims.length - 1;
  return toType(info.type, { dims: isOneSample ? [1, ...dims] : dims, numbers }, path);
}

/**
 * One row of numbers as the model takes it. A list of as many numbers as the input has elements takes its dims.
 *
 * @throws {XDeepError} INPUT_TYPE
 */
export function tensorOfNumbers({ type, dims }: ValueInfo, array: NumberArray, name: string): Tensor {
  const row = dims.slice(1);
  const isFlat = array.dims.length === 1 && row.length > 1 && row.every((dim) => dim !== null) && sizeOf(row as number[]) === array.dims[0];
  return toType(type, { dims: [1, ...(isFlat ? (row as number[]) : array.dims)], numbers: array.numbers }, name);
}

function toType(type: DataType, { dims, numbers }: NumberArray, path: string): Tensor {
  return tensorFromNumbers(type, dims, numbers, { subject: `"${path}"`, details: { path } });
}
