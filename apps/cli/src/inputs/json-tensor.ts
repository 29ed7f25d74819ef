import { XDeepError, sizeOf } from "@xdeep/core";

import type { NumberArray } from "./npy-file.ts";

/**
 * The numbers of a JSON file: nested lists, or { "dims": […], "data": […] }.
 *
 * @throws {XDeepError} INPUT_TYPE when it holds something else; INPUT_SHAPE when lists differ in length
 */
export function jsonTensorIn(text: string, path: string): NumberArray {
  const json = parseJson(text, path);
  if (typeof json === "object" && json !== null && "dims" in json && "data" in json) return withDims(json.dims, json.data, path);
  const dims = dimsOf(json);
  const numbers = (Array.isArray(json) ? json.flat(Infinity) : [json]) as unknown[];
  return withDims(dims, numbers, path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notNumbers(path, `it is no valid JSON (${String(cause)})`, cause);
  }
}

/** The lengths of the first list of every level. */
function dimsOf(json: unknown): readonly number[] {
  return Array.isArray(json) ? [json.length, ...dimsOf(json[0])] : [];
}

function withDims(dims: unknown, data: unknown, path: string): NumberArray {
  if (!isListOf(dims, (dim) => Number.isInteger(dim) && dim >= 0) || !isListOf(data, () => true)) throw notNumbers(path, "not all of its entries are numbers");
  if (data.length !== sizeOf(dims)) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `"${path}" holds ${data.length} numbers, but its dims [${dims.join(", ")}] need ${sizeOf(dims)}. Lists of one level must have one length.`,
      {
        details: { path, dims, length: data.length },
      },
    );
  }
  return { dims, numbers: data };
}

function isListOf(list: unknown, holds: (value: number) => boolean): list is readonly number[] {
  return Array.isArray(list) && list.every((value) => typeof value === "number" && holds(value));
}

function notNumbers(path: string, why: string, cause?: unknown): XDeepError {
  return new XDeepError(
    "INPUT_TYPE",
    `"${path}" is no tensor: ${why}. It is nested lists of numbers, such as [[5.1, 3.5, 1.4, 0.2]], or { "dims": [1, 4], "data": […] }.`,
    {
      details: { path },
      cause,
    },
  );
}
