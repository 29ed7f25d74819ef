import { arrayNameOf, isFloatType } from "../tensors/data-types.ts";
import { XDeepError } from "../errors/error.ts";
import { toFloat64 } from "../tensors/float-values.ts";
import type { ValueInfo } from "../contract/model.ts";
import { nearestNames } from "../errors/nearest-names.ts";
import { type Pause, inPieces } from "../rows/between-runs.ts";
import { sizeOf } from "../tensors/tensor.ts";
import type { Tensor } from "../tensors/tensor.ts";

export interface ValidateFeedsOptions {
  /** Inner values that may be fed besides the inputs. `type` and `dims` are checked as those of inputs are. Default: none. */
  readonly innerValues?: readonly ValueInfo[] | undefined;
  /** Feeds must share one leading axis N ≥ 1, except those that say that they have no batch axis: true wherever a target is used. Default true. */
  readonly batched?: boolean | undefined;
}

/**
 * Checks what a model is fed before any engine sees it, and returns the number of rows N.
 * With `batched: false` that is the leading axis of the first feed with a batch axis, or 1 where that is a scalar.
 *
 * @throws {XDeepError} INPUT_MISSING, INPUT_UNKNOWN, INPUT_TYPE, INPUT_SHAPE, INPUT_NOT_FINITE, BATCH_INVALID
 */
export function validateFeeds(feeds: Readonly<Record<string, Tensor>>, inputs: readonly ValueInfo[], options: ValidateFeedsOptions = {}): number {
  const known = knownValues(inputs, options);
  const rows = checkForm(feeds, inputs, known, options);
  for (const [name, tensor] of Object.entries(feeds)) throwAt(tensor, known.get(name)!, firstRefused(tensor, known.get(name)!));
  return rows;
}

/** As `validateFeeds`, with pauses, so that large inputs do not keep the thread. */
export async function validateFeedsInPieces(
  feeds: Readonly<Record<string, Tensor>>,
  inputs: readonly ValueInfo[],
  options: ValidateFeedsOptions,
  pause: Pause,
): Promise<number> {
  const known = knownValues(inputs, options);
  const rows = checkForm(feeds, inputs, known, options);
  for (const [name, tensor] of Object.entries(feeds)) {
    const info = known.get(name)!;
    throwAt(tensor, info, info.mask === true ? firstRefused(tensor, info) : await firstNonFiniteInPieces(tensor, pause));
  }
  return rows;
}

/**
 * Checks what a model is fed but for the numbers themselves, and returns the number of rows.
 *
 * @throws {XDeepError} INPUT_MISSING, INPUT_UNKNOWN, INPUT_TYPE, INPUT_SHAPE, BATCH_INVALID
 */
export function rowsOfFeeds(feeds: Readonly<Record<string, Tensor>>, inputs: readonly ValueInfo[], options: ValidateFeedsOptions = {}): number {
  return checkForm(feeds, inputs, knownValues(inputs, options), options);
}

type KnownValues = ReadonlyMap<string, ValueInfo>;

function knownValues(inputs: readonly ValueInfo[], { innerValues = [] }: ValidateFeedsOptions): KnownValues {
  return new Map([...inputs, ...innerValues].map((info) => [info.name, info]));
}

function checkForm(feeds: Readonly<Record<string, Tensor>>, inputs: readonly ValueInfo[], known: KnownValues, options: ValidateFeedsOptions): number {
  checkNames(feeds, inputs, known);
  for (const [name, tensor] of Object.entries(feeds)) {
    checkType(tensor, known.get(name)!);
    checkDims(tensor, known.get(name)!);
  }
  const withBatch = Object.fromEntries(Object.entries(feeds).filter(([name]) => known.get(name)!.batched !== false));
  if (options.batched ?? true) {
    const rows = sharedBatch(withBatch);
    checkStates(feeds, inputs, rows);
    return rows;
  }
  return Object.values(withBatch)[0]?.dims[0] ?? 1;
}

/**
 * Checks one tensor against what is declared of a value: type, dims, length and finiteness.
 *
 * @throws {XDeepError} INPUT_TYPE, INPUT_SHAPE, INPUT_NOT_FINITE
 */
export function validateTensor(tensor: Tensor, info: ValueInfo): void {
  checkType(tensor, info);
  checkDims(tensor, info);
  throwAt(tensor, info, firstRefused(tensor, info));
}

/** Index of the first number that an input may not hold; −1 where there is none. */
function firstRefused(tensor: Tensor, info: ValueInfo): number {
  return isFloatType(tensor.type) && info.mask === true ? firstOfMask(tensor) : firstNonFinite(tensor);
}

function throwAt(tensor: Tensor, { name }: ValueInfo, index: number): void {
  if (index < 0) return;
  throw new XDeepError(
    "INPUT_NOT_FINITE",
    `Input "${name}" holds NaN or infinity, first at element ${index} of ${tensor.data.length}. Clean the data before it is explained.`,
    {
      details: { input: name, index },
    },
  );
}

/** As `firstNonFinite`, but −∞ is allowed. */
function firstOfMask(tensor: Tensor): number {
  return toFloat64(tensor).findIndex((value) => value !== -Infinity && !Number.isFinite(value));
}

/** As `firstNonFinite`, with pauses. */
export async function firstNonFiniteInPieces(tensor: Tensor, pause: Pause): Promise<number> {
  if (!isFloatType(tensor.type)) return -1;
  let first = -1;
  await inPieces(tensor.data.length, pause, (start, end) => {
    if (first >= 0) return;
    const found = firstNonFinite({ ...tensor, data: (tensor.data as Float32Array).subarray(start, end) } as Tensor);
    if (found >= 0) first = start + found;
  });
  return first;
}

/** Index of the first NaN or infinity of a float tensor; −1 where every element is finite. */
export function firstNonFinite(tensor: Tensor): number {
  switch (tensor.type) {
    case "float32": {
      const { buffer, byteOffset, length } = tensor.data;
      return firstWithBits(new Uint32Array(buffer, byteOffset, length), 0x7f800000);
    }
    case "float64":
      return firstNotNumber(tensor.data);
    case "float16":
      return firstWithBits(tensor.data, 0x7c00);
    case "bfloat16":
      return firstWithBits(tensor.data, 0x7f80);
    default:
      return -1;
  }
}

/**
 * All bits of the exponent are set in NaN and infinity alone. Every call looks at every value of a picture: a plain loop is many times faster than findIndex, and
 * four values a turn halve it again.
 */
function firstWithBits(data: Uint16Array | Uint32Array, exponent: number): number {
  const has = (i: number): boolean => (data[i]! & exponent) === exponent;
  let i = 0;
  for (const last = data.length - 3; i < last; i += 4) if (has(i) || has(i + 1) || has(i + 2) || has(i + 3)) break;
  for (; i < data.length; i++) if (has(i)) return i;
  return -1;
}

/** x − x is 0 for every number and NaN for all else. */
function firstNotNumber(data: Float64Array): number {
  for (let i = 0; i < data.length; i++) if (data[i]! - data[i]! !== 0) return i;
  return -1;
}

function checkNames(feeds: Readonly<Record<string, Tensor>>, inputs: readonly ValueInfo[], known: ReadonlyMap<string, ValueInfo>): void {
  const expected = inputs.map(({ name }) => name);
  const unknown = Object.keys(feeds).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const nearest = nearestNames(unknown[0]!, known.keys());
    throw new XDeepError("INPUT_UNKNOWN", `The model has no input "${unknown.join('", "')}". Its inputs are ${list(expected)}; nearest: ${list(nearest)}.`, {
      details: { unknown, expected, nearest },
    });
  }
  const missing = expected.filter((name) => feeds[name] === undefined);
  if (missing.length > 0) {
    throw new XDeepError("INPUT_MISSING", `The model needs the inputs ${list(expected)}; ${list(missing)} not given.`, { details: { missing, expected } });
  }
}

function checkType(tensor: Tensor, info: ValueInfo): void {
  if (typeof tensor !== "object" || tensor === null || !Array.isArray(tensor.dims)) {
    throw new TypeError(`Input "${info.name}" must be a tensor { type, dims, data }, got ${tensor === null ? "null" : typeof tensor}.`);
  }
  if (tensor.type !== info.type) {
    throw new XDeepError("INPUT_TYPE", `Input "${info.name}" is of type ${info.type}, got ${String(tensor.type)}. Convert the data first.`, {
      details: { input: info.name, expected: info.type, got: tensor.type },
    });
  }
  const expected = arrayNameOf(info.type);
  const got = arrayName(tensor.data);
  if (got !== expected) {
    throw new XDeepError("INPUT_TYPE", `Input "${info.name}" of type ${info.type} must hold its data in a ${expected}, got ${got}.`, {
      details: { input: info.name, expected, got },
    });
  }
}

function checkDims(tensor: Tensor, info: ValueInfo): void {
  const fits =
    tensor.dims.length === info.dims.length &&
    tensor.dims.every((dim, axis) => Number.isInteger(dim) && dim >= 0 && (info.dims[axis] === null || info.dims[axis] === dim));
  if (!fits) {
    const expected = info.dims.map((dim) => dim ?? "any").join(", ");
    throw new XDeepError("INPUT_SHAPE", `Input "${info.name}" has dims [${expected}], got [${tensor.dims.join(", ")}].`, {
      details: { input: info.name, expected: info.dims, got: tensor.dims },
    });
  }
  if (tensor.data.length !== sizeOf(tensor.dims)) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `Input "${info.name}" of dims [${tensor.dims.join(", ")}] needs ${sizeOf(tensor.dims)} elements, got ${tensor.data.length}.`,
      {
        details: { input: info.name, expected: sizeOf(tensor.dims), got: tensor.data.length },
      },
    );
  }
}

function sharedBatch(feeds: Readonly<Record<string, Tensor>>): number {
  const batches = Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims[0]]));
  // A model of tables and scalars alone explains the one row that they are.
  if (Object.keys(batches).length === 0) return 1;
  const rows = Object.values(batches)[0];
  if (rows === undefined) {
    throw new XDeepError("BATCH_INVALID", `Every input needs a batch axis in front; "${Object.keys(batches)[0] ?? ""}" is a scalar or there is no input.`, {
      details: { batches },
    });
  }
  if (Object.values(batches).some((batch) => batch !== rows)) {
    const listed = Object.entries(batches).map(([name, batch]) => `"${name}" ${batch ?? "none (a scalar)"}`);
    throw new XDeepError("BATCH_INVALID", `Inputs must hold the same number of rows: ${listed.join(", ")}.`, { details: { batches } });
  }
  if (rows === 0) throw new XDeepError("BATCH_INVALID", "The batch holds no row; give at least one.", { details: { batches } });
  return rows;
}

/** States have a row for each of the batch, or one that is for all. */
function checkStates(feeds: Readonly<Record<string, Tensor>>, inputs: readonly ValueInfo[], rows: number): void {
  const misfit = inputs.find(({ name, batchAxis = 0 }) => batchAxis > 0 && ![1, rows].includes(feeds[name]!.dims[batchAxis]!));
  if (misfit === undefined) return;
  const { dims } = feeds[misfit.name]!;
  throw new XDeepError(
    "BATCH_INVALID",
    `Input "${misfit.name}" has dims [${dims.join(", ")}], and its axis ${misfit.batchAxis} is the batch, of ${rows} rows here. Give it ${rows} there, or 1 for all rows alike.`,
    { details: { input: misfit.name, dims, rows } },
  );
}

/** The tag survives realms and subclasses (a Buffer is a "Uint8Array"). */
function arrayName(data: unknown): string {
  return Array.isArray(data) ? "Array" : Object.prototype.toString.call(data).slice(8, -1);
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
