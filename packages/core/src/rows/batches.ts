import { isFloatType } from "../tensors/data-types.ts";
import { XDeepError } from "../errors/error.ts";
import { floatTensor } from "../tensors/float-values.ts";
import type { Capabilities, Model, ValueInfo } from "../contract/model.ts";
import { repeatRow, rowAxes, rowAxis, stateAxis, takeRows } from "./row-axis.ts";
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

/** Names of the inputs that have no batch axis in front: scalars, tables, states of recurrent networks. */
export function sharedInputs(inputs: readonly ValueInfo[]): ReadonlySet<string> {
  return new Set(inputs.filter(({ batched }) => batched === false).map(({ name }) => name));
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

/** @throws {XDeepError} WRT_UNKNOWN for an input without a batch axis in front: it has no rows that a method could move */
export function checkMovable(inputs: readonly ValueInfo[], names: readonly string[]): void {
  const whole = inputs.find(({ name, batched }) => batched === false && names.includes(name));
  if (whole === undefined) return;
  const why = rowAxis(whole) === null ? ": every row gets the whole of it" : ` in front: its rows lie along axis ${whole.batchAxis}`;
  throw new XDeepError(
    "WRT_UNKNOWN",
    `Input "${whole.name}" has no batch axis${why}, so that a method of many points cannot move it. Name others in \`wrt\`, or take the plain gradient.`,
    { details: { wrt: whole.name } },
  );
}

/**
 * The same rows of every feed, views where they lie in front; feeds without a batch axis whole. A state of one row is that of all rows.
 *
 * @param inputs of the model; feeds that are none have their rows in front
 * @throws {XDeepError} BATCH_INVALID for a part of several rows beside what may be a state for each of them, where the model does not say so
 */
export function sliceFeeds(feeds: Feeds, { start, end }: RowRange, inputs: readonly ValueInfo[] = []): Feeds {
  const axisOf = rowAxes(inputs);
  const rows = rowsIn(feeds, axisOf);
  if (end - start < rows) checkStatesKnown(feeds, inputs, rows);
  return mapFeeds(feeds, (tensor, name) => {
    const axis = axisOf(name);
    if (axis === null) return tensor;
    return axis > 0 && tensor.dims[axis] === 1 ? repeatRow(tensor, end - start, axis) : takeRows(tensor, start, end, axis);
  });
}

/** Feeds in which every state has a row for each of the call: one row stands for all. */
export function withEveryState(feeds: Feeds, inputs: readonly ValueInfo[], rows: number): Feeds {
  const lone = inputs.filter((info) => (info.batchAxis ?? 0) > 0 && rows > 1 && feeds[info.name]?.dims[info.batchAxis!] === 1);
  return lone.length === 0 ? feeds : { ...feeds, ...Object.fromEntries(lone.map(({ name, batchAxis }) => [name, repeatRow(feeds[name]!, rows, batchAxis)])) };
}

function rowsIn(feeds: Feeds, axisOf: (name: string) => number | null): number {
  return Object.entries(feeds).find(([name]) => axisOf(name) === 0)?.[1].dims[0] ?? 1;
}

/** A table may have an open axis as a state has: what has as many entries there as the call has rows is taken for a state. */
function checkStatesKnown(feeds: Feeds, inputs: readonly ValueInfo[], rows: number): void {
  const unknown = inputs.find((info) => rowAxis(info) === null && rows > 1 && feeds[info.name]?.dims[stateAxis(info)] === rows);
  if (unknown === undefined) return;
  const { dims } = feeds[unknown.name]!;
  throw new XDeepError(
    "BATCH_INVALID",
    `Input "${unknown.name}" has dims [${dims.join(", ")}] beside ${rows} rows, and the model does not say whether its axis ${stateAxis(unknown)} holds one state for each of them. Explain one row at a time, or load the model with the batch named alike in all inputs that have it (\`inputDims\`).`,
    { details: { input: unknown.name, dims, rows } },
  );
}

/**
 * Feeds of one row, `count` times over; feeds without a batch axis whole.
 *
 * @param inputs of the model; feeds that are none have their rows in front
 * @param moved floats that differ from row to row: each function writes those of its name, [count, …]
 */
export function repeatFeeds(
  feeds: Feeds,
  count: number,
  inputs: readonly ValueInfo[],
  moved: ReadonlyMap<string, (values: Float32Array | Float64Array) => void> = new Map(),
): Feeds {
  const axisOf = rowAxes(inputs);
  return mapFeeds(feeds, (tensor, name) => {
    const write = moved.get(name);
    if (write !== undefined) return floatTensor(tensor.type, [count, ...tensor.dims.slice(1)], write);
    const axis = axisOf(name);
    return axis === null ? tensor : repeatRow(tensor, count, axis);
  });
}

/** Feeds with each tensor replaced. */
export function mapFeeds(feeds: Feeds, map: (tensor: Tensor, name: string) => Tensor): Feeds {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, map(tensor, name)]));
}
