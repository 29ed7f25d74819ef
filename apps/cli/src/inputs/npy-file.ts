import { readFile } from "node:fs/promises";

import { type FloatTensor, XDeepError, sizeOf } from "@xdeep/core";
import { writeWholeFile } from "@xdeep/image";
import { dump, parse } from "npyjs";
import { reshape } from "npyjs/reshape";

import { unreadableFile } from "./file-error.ts";

/** Numbers with dims, row-major, whatever type the file had. */
export interface NumberArray {
  readonly dims: readonly number[];
  readonly numbers: readonly number[] | Float32Array | Float64Array;
}

/**
 * Reads a NumPy file of numbers or booleans.
 *
 * @throws {XDeepError} INPUT_MISSING when there is no such file; INPUT_TYPE when it is no NumPy file or holds something else; INPUT_SHAPE when it is cut off
 */
export async function readNpy(path: string): Promise<NumberArray> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadableFile("INPUT_MISSING", "file", path, cause);
  });
  return npyIn(bytes, path);
}

/** The same of the bytes of a file. @throws {XDeepError} INPUT_TYPE, INPUT_SHAPE */
export function npyIn(bytes: Uint8Array, path: string): NumberArray {
  const { data, shape, fortranOrder } = parseNpy(bytes, path);
  const numbers = Array.from(data as unknown as ArrayLike<unknown>, Number);
  if (numbers.length !== sizeOf(shape)) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `"${path}" says it holds dims [${shape.join(", ")}], ${sizeOf(shape)} elements, but holds ${numbers.length}. It is damaged: save it again.`,
      {
        details: { path, dims: shape, length: numbers.length },
      },
    );
  }
  return { dims: shape, numbers: fortranOrder && shape.length > 1 ? flatten(reshape(numbers, shape, true)) : numbers };
}

/** Writes a tensor as numpy.load reads it. */
export async function writeNpy(path: string, { data, dims }: FloatTensor): Promise<void> {
  await writeWholeFile(path, new Uint8Array(dump(data, [...dims])));
}

function parseNpy(bytes: Uint8Array, path: string): ReturnType<typeof parse> {
  try {
    const parsed = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
    if (/^[cU]/.test(parsed.dtype)) throw new TypeError(`elements of type ${parsed.dtype}`);
    return parsed;
  } catch (cause) {
    throw new XDeepError(
      "INPUT_TYPE",
      `"${path}" cannot be read as a NumPy file of numbers: ${cause instanceof Error ? cause.message : String(cause)}. Save it with numpy.save.`,
      {
        details: { path },
        cause,
      },
    );
  }
}

function flatten(nested: unknown): readonly number[] {
  return (nested as readonly unknown[]).flat(Infinity) as number[];
}
