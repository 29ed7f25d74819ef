import { joinArrays } from "../tensors/join-arrays.ts";
import { isFloatType } from "../tensors/data-types.ts";
import { XDeepError } from "../errors/error.ts";
import { floatTensor } from "../tensors/float-values.ts";
import type { Capabilities, Model, ValueInfo } from "../contract/model.ts";
import { sizeOf, sliceRows } from "../tensors/tensor.ts";
import type { Tensor } from "../tensors/tensor.ts";

/** Rows `start` (included) to `end` (excluded). */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

type Feeds = Readonly<Record<string, Tensor>>;

/** Rows that one call of the model should hold: what it prefers, and never more than it takes. */
export function batchSize({ maxBatch, preferredBatch }: Pick<Capabilities, "maxBatch" | "preferredBatch">): number {
  return Math.max(1, Math.min(maxBatch ?? Infinity, preferredBatch));
}

/** Splits `rows` rows into runs of at most `size`. */
export function splitRows(rows: number, size: number): readonly RowRange[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, chunk) => ({ start: chunk * size, end: Math.min(rows, (chunk + 1) * size) }));
}

/** Names of the inputs that have no batch axis: scalars, tables, states of recurrent networks. */
export function sharedInputs(inputs: readonly ValueInfo[]): ReadonlySet<string> {
  return new Set(inputs.filter(({ batched }) => batched === false).map(({ name }) => name));
}

/** The axis that holds the batch of a state of recurrent networks, [layers, batch, hidden]: the first behind another that the model leaves open. −1 where there is none. */
export function stateAxis({ batched, dims }: Pick<ValueInfo, "batched" | "dims">): number {
  return batched === false ? dims.indexOf(null, 1) : -1;
}

/** Names of the float inputs that methods move: those with a batch axis, without masks, whose −∞ shuts entries out. */
export function movableInputs(inputs: readonly ValueInfo[]): readonly string[] {
  return inputs.filter(({ type, batched, mask }) => isFloatType(type) && batched !== false && mask !== true).map(({ name }) => name);
}

/**
 * What methods of many points attribute to where nothing is named and the model's own default will not do: inputs without a batch axis have no rows that they
 * could move, and masks are left alone. Undefined where it will.
 */
export function movedByDefault({ inputs, defaultWrt }: Pick<Model, "inputs" | "defaultWrt">): readonly string[] | undefined {
  const floats = inputs.filter(({ type }) => isFloatType(type)).map(({ name }) => name);
  const movable = movableInputs(inputs);
  const usual = defaultWrt ?? floats;
  const moved = usual.filter((name) => movable.includes(name) || !floats.includes(name));
  return moved.length === 0 || moved.length === usual.length ? undefined : moved;
}

/** @throws {XDeepError} WRT_UNKNOWN for an input without a batch axis: it has no rows that a method could move */
export function checkMovable(inputs: readonly ValueInfo[], names: readonly string[]): void {
  const shared = sharedInputs(inputs);
  const whole = names.find((name) => shared.has(name));
  if (whole === undefined) return;
  throw new XDeepError(
    "WRT_UNKNOWN",
    `Input "${whole}" has no batch axis: every row gets the whole of it, so that a method of many points cannot move it. Name others in \`wrt\`, or take the plain gradient.`,
    { details: { wrt: whole } },
  );
}

/** The same rows of every feed, as views; feeds without a batch axis whole. */
export function sliceFeeds(feeds: Feeds, { start, end }: RowRange, shared: ReadonlySet<string> = new Set()): Feeds {
  return mapFeeds(feeds, (tensor, name) => (shared.has(name) ? tensor : sliceRows(tensor, start, end)));
}

/**
 * Feeds of one row, `count` times over; feeds without a batch axis whole.
 *
 * @param moved floats that differ from row to row: each function writes those of its name, [count, …]
 */
export function repeatFeeds(
  feeds: Feeds,
  count: number,
  shared: ReadonlySet<string>,
  moved: ReadonlyMap<string, (values: Float32Array | Float64Array) => void> = new Map(),
): Feeds {
  return mapFeeds(feeds, (tensor, name) => {
    const write = moved.get(name);
    if (write !== undefined) return floatTensor(tensor.type, [count, ...tensor.dims.slice(1)], write);
    return shared.has(name) ? tensor : repeatRow(tensor, count);
  });
}

/** Joins results along the leading axis. The other axes must agree. */
export function concatRows<T extends Tensor>(parts: readonly T[]): T {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const rows = parts.reduce((sum, { dims }) => sum + dims[0]!, 0);
  const dims = [rows, ...first.dims.slice(1)];
  if (Array.isArray(first.data)) return { type: first.type, dims, data: parts.flatMap((part) => [...(part.data as readonly string[])]) } as unknown as T;
  const kind = (first.data as Float32Array).constructor as Float32ArrayConstructor;
  return {
    type: first.type,
    dims,
    data: joinArrays(
      kind,
      parts.map((part) => part.data as Float32Array),
    ),
  } as unknown as T;
}

/** One row, `count` times over, as every engine wants it: contiguous. [1, …] → [count, …]. */
export function repeatRow<T extends Tensor>(row: T, count: number): T {
  if (count === 1) return row;
  const dims = [count, ...row.dims.slice(1)];
  if (Array.isArray(row.data)) return { type: row.type, dims, data: Array.from({ length: count }, () => row.data).flat() } as unknown as T;
  const source = row.data as Float32Array;
  const data = new (source.constructor as Float32ArrayConstructor)(source.length * count);
  for (let i = 0; i < count; i++) data.set(source, i * source.length);
  return { type: row.type, dims, data } as unknown as T;
}

/** One engine run of a call: which rows it holds, and what it is fed. */
export interface EngineRun {
  readonly rows: RowRange;
  readonly feeds: Feeds;
  /** Copies of the last row behind the others, which only fill a fixed batch. */
  readonly padding: number;
}

export interface EngineRunOptions {
  readonly inputs: readonly ValueInfo[];
  /** Rows of the call. */
  readonly rows: number;
  /** Rows that a run may hold at most. Default: all of them. */
  readonly size?: number | undefined;
  /** The batch size that the model fixes: runs hold just as many rows, the last one filled with copies. Default: any. */
  readonly fixedBatch?: number | null | undefined;
  /** Elements of a run whose batch is filled up, as a file may fix any number, and the option that raises them. Default 10⁷. */
  readonly mostFilled?: { readonly elements: number; readonly option: string } | undefined;
  /** Feed whose rows count for nothing where they only fill a fixed batch: it is filled with zeros. */
  readonly zeroFilled?: string | undefined;
}

const MOST_FILLED = 1e7;

/**
 * Splits a call into engine runs: rows along the batch axis, feeds without one whole. A call whose feeds do not share a batch axis is one run.
 *
 * @throws {XDeepError} BATCH_INVALID where the model fixes a batch size and the feeds do not share a batch axis of that size, or filling it up
 * would take more than `mostFilled` elements
 */
export function engineRuns(feeds: Feeds, options: EngineRunOptions): readonly EngineRun[] {
  const { inputs, rows, size = rows, fixedBatch = null, zeroFilled, mostFilled } = options;
  const shared = sharedInputs(inputs);
  const whole = [{ rows: { start: 0, end: rows }, feeds, padding: 0 }];
  const most = fixedBatch ?? Math.min(size, rowsBesideStates(feeds, inputs) ?? size);
  if (rows === most || (fixedBatch === null && rows < most)) return whole;
  const misfit = Object.entries(feeds).find(([name, { dims }]) => !shared.has(name) && dims[0] !== rows);
  if (misfit !== undefined) {
    if (fixedBatch === null) return whole;
    const [name, { dims }] = misfit;
    throw new XDeepError(
      "BATCH_INVALID",
      `The model runs ${fixedBatch} rows at a time, but "${name}" has dims [${dims.join(", ")}], whose first axis is not the batch of ${rows}. Give every input the same number of rows.`,
      { details: { value: name, dims, rows, fixedBatch } },
    );
  }
  if (fixedBatch !== null && rows % fixedBatch !== 0) checkFilling(feeds, shared, rows, fixedBatch, mostFilled);
  return splitRows(rows, most).map((range) => {
    const padding = fixedBatch === null ? 0 : fixedBatch - (range.end - range.start);
    const part = sliceFeeds(feeds, range, shared);
    return {
      rows: range,
      padding,
      feeds: padding === 0 ? part : mapFeeds(part, (tensor, name) => (shared.has(name) ? tensor : padRows(tensor, padding, name === zeroFilled))),
    };
  });
}

function checkFilling(feeds: Feeds, shared: ReadonlySet<string>, rows: number, fixedBatch: number, most: EngineRunOptions["mostFilled"]): void {
  const { elements = MOST_FILLED, option } = most ?? {};
  const perRow = Object.entries(feeds).reduce((sum, [name, { dims }]) => (shared.has(name) ? sum : sum + sizeOf(dims.slice(1))), 0);
  if (perRow * fixedBatch <= elements) return;
  throw new XDeepError(
    "BATCH_INVALID",
    `The model runs ${fixedBatch} rows at a time, and ${rows} were given: filling a run up takes ${perRow * fixedBatch} elements, at most ${elements} are filled. Give whole batches, or export the model with an open batch${option === undefined ? "" : `, or raise ${option}`}.`,
    { details: { rows, fixedBatch, elements: perRow * fixedBatch, allowed: elements, ...(option === undefined ? {} : { option }) } },
  );
}

/** Results of a run without the rows that only filled the batch. `whole` names results that have no batch axis, such as gradients of shared inputs. */
export function withoutPadding(results: Feeds, { rows, padding }: EngineRun, whole: ReadonlySet<string> = new Set()): Feeds {
  const count = rows.end - rows.start;
  const isPadded = (tensor: Tensor, name: string): boolean => tensor.dims[0] === count + padding && !whole.has(name);
  return padding === 0 ? results : mapFeeds(results, (tensor, name) => (isPadded(tensor, name) ? sliceRows(tensor, 0, count) : tensor));
}

/**
 * The same result of every run, joined along the batch.
 *
 * @throws {XDeepError} BATCH_INVALID where there are several and their leading axis is not the batch
 */
export function joinRuns<T extends Tensor>(name: string, parts: readonly { readonly rows: RowRange; readonly result: T }[]): T {
  for (const { rows, result } of parts) if (parts.length > 1 && result.dims[0] !== rows.end - rows.start) throw notBatched(name, result.dims);
  return concatRows(parts.map(({ result }) => result));
}

/**
 * The records of every run, joined name by name.
 *
 * @throws {XDeepError} BATCH_INVALID where there are several and the leading axis of a value is not the batch
 */
export function joinRecords<T extends Tensor>(
  parts: readonly { readonly rows: RowRange; readonly result: Readonly<Record<string, T>> }[],
): Readonly<Record<string, T>> {
  const ofName = (name: string): T =>
    joinRuns(
      name,
      parts.map(({ rows, result }) => ({ rows, result: result[name]! })),
    );
  return Object.fromEntries(Object.keys(parts[0]!.result).map((name) => [name, ofName(name)]));
}

/** The error for a value whose rows do not lie along its first axis, where the call has so many. One row may be all that an axis of 1 is. */
export function notBatched(name: string, dims: readonly (number | string | null)[], rows?: number): XDeepError {
  const what =
    rows === 1 || (rows !== undefined && (dims[0] ?? 1) !== 1)
      ? "so that no entry of it belongs to one row. Export the model with the batch in front of it, or name the value inside that has it there as `output`"
      : "so it cannot be joined or summed over rows. Explain one row at a time, without weights";
  return new XDeepError("BATCH_INVALID", `"${name}" has dims [${dims.map((dim) => dim ?? "any").join(", ")}], whose first axis is not the batch, ${what}.`, {
    details: { value: name, dims },
  });
}

/**
 * Rows that fit beside the states of a recurrent network, [layers, batch, hidden]: as many as the axis says that the model leaves open. Null
 * where nothing limits them.
 */
function rowsBesideStates(feeds: Feeds, inputs: readonly ValueInfo[]): number | null {
  const states = inputs.filter((info) => stateAxis(info) > 0);
  const batches = states.map((info) => feeds[info.name]?.dims[stateAxis(info)]);
  return batches.includes(1) ? 1 : null;
}

function padRows(tensor: Tensor, padding: number, withZeros: boolean): Tensor {
  const rows = tensor.dims[0] ?? 0;
  if (Array.isArray(tensor.data)) return concatRows([tensor, repeatRow(sliceRows(tensor, rows - 1, rows), padding)]);
  const source = tensor.data as Float32Array;
  const length = source.length / rows;
  const data = new (source.constructor as Float32ArrayConstructor)(length * (rows + padding));
  data.set(source);
  if (!withZeros) for (let row = rows; row < rows + padding; row++) data.copyWithin(row * length, (rows - 1) * length, rows * length);
  return { type: tensor.type, dims: [rows + padding, ...tensor.dims.slice(1)], data } as unknown as Tensor;
}

function mapFeeds(feeds: Feeds, map: (tensor: Tensor, name: string) => Tensor): Feeds {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, map(tensor, name)]));
}
