import { setImmediate } from "node:timers/promises";
import { Readable } from "node:stream";

import { type Tensor, XDeepError } from "@xdeep/core";
import { toFloat64 } from "@xdeep/core/method";

/** A tensor in an answer: a list of its numbers, flat or as deep as its dims. */
export class NumberList {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;

  constructor(tensor: Tensor, nested: boolean) {
    const { type, dims, data } = tensor;
    this.dims = nested ? dims : [data.length];
    // Half floats are carried as their bits.
    this.data = type === "float16" || type === "bfloat16" ? toFloat64(tensor) : (data as ArrayLike<number | bigint>);
  }
}

/** Numbers that are written before something else may be answered. */
const CHUNK = 8192;

/**
 * JSON of an answer with large lists, written in pieces: a server that writes a million numbers in one go answers nobody meanwhile.
 *
 * @throws {XDeepError} RESULT_NOT_FINITE for numbers that JSON has no word for
 */
export function jsonStream(value: unknown): Readable {
  checkFinite(value);
  return Readable.from(pieces(value), { objectMode: false });
}

/** `jsonStream` in one go, for what is sent before binary tensors. @throws {XDeepError} as it does */
export function jsonText(value: unknown): string {
  checkFinite(value);
  return [...parts(value)].join("");
}

async function* pieces(value: unknown): AsyncGenerator<Buffer> {
  let text = "";
  let written = 0;
  for (const part of parts(value)) {
    text += part;
    written += 1;
    if (written % CHUNK !== 0) continue;
    yield Buffer.from(text);
    text = "";
    await setImmediate();
  }
  yield Buffer.from(text);
}

function* parts(value: unknown): Generator<string> {
  if (value instanceof NumberList) yield* listParts(value.data, value.dims, 0, { at: 0 });
  else if (Array.isArray(value)) yield* enclosed("[", "]", value, (each) => parts(each));
  else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    yield* enclosed("{", "}", entries, function* ([name, each]) {
      yield `${JSON.stringify(name)}:`;
      yield* parts(each);
    });
  } else yield JSON.stringify(value) ?? "null";
}

function* enclosed<T>(open: string, close: string, items: readonly T[], write: (item: T) => Generator<string>): Generator<string> {
  yield open;
  for (const [n, item] of items.entries()) {
    if (n > 0) yield ",";
    yield* write(item);
  }
  yield close;
}

function* listParts(data: ArrayLike<number | bigint>, dims: readonly number[], axis: number, place: { at: number }): Generator<string> {
  if (axis === dims.length) {
    yield String(data[place.at++]);
    return;
  }
  yield "[";
  for (let i = 0; i < dims[axis]!; i++) {
    if (axis === dims.length - 1) yield i === 0 ? String(data[place.at++]) : `,${data[place.at++]}`;
    else {
      if (i > 0) yield ",";
      yield* listParts(data, dims, axis + 1, place);
    }
  }
  yield "]";
}

function checkFinite(value: unknown): void {
  if (value instanceof NumberList) {
    for (let i = 0; i < value.data.length; i++) {
      const each = value.data[i]!;
      if (typeof each === "bigint" || Number.isFinite(each)) continue;
      throw new XDeepError("RESULT_NOT_FINITE", `The model gave ${String(each)} at element ${i}, for which JSON has no word. Ask for binary tensors.`);
    }
  } else if (Array.isArray(value)) value.forEach(checkFinite);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(checkFinite);
}
