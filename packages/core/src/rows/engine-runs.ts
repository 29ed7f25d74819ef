import { XDeepError } from "../errors/error.ts";
import type { ValueInfo } from "../contract/model.ts";
import { sizeOf, sliceRows } from "../tensors/tensor.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { mapFeeds, sliceFeeds, splitRows } from "./batches.ts";
import type { RowRange } from "./batches.ts";
import { concatRows, repeatRow, rowAxes, rowAxis, stateAxis, takeRows } from "./row-axis.ts";

type Feeds = Readonly<Record<string, Tensor>>;

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
  const axisOf = rowAxes(inputs);
  const whole = [{ rows: { start: 0, end: rows }, feeds, padding: 0 }];
  const most = fixedBatch ?? Math.min(size, rowsBesideStates(feeds, inputs) ?? size);
  if (rows === most || (fixedBatch === null && rows < most)) return whole;
  const misfit = Object.entries(feeds).find(([name, { dims }]) => axisOf(name) !== null && dims[axisOf(name)!] !== rows);
  if (misfit !== undefined) {
    if (fixedBatch === null) return whole;
    const [name, { dims }] = misfit;
    throw new XDeepError(
      "BATCH_INVALID",
      `The model runs ${fixedBatch} rows at a time, but "${name}" has dims [${dims.join(", ")}], whose axis ${axisOf(name)!} is not the batch of ${rows}. Give every input the same number of rows.`,
      { details: { value: name, dims, rows, fixedBatch } },
    );
  }
  if (fixedBatch !== null && rows % fixedBatch !== 0) checkFilling(feeds, axisOf, rows, fixedBatch, mostFilled);
  return splitRows(rows, most).map((range) => {
    const padding = fixedBatch === null ? 0 : fixedBatch - (range.end - range.start);
    const part = sliceFeeds(feeds, range, inputs);
    const padded = (tensor: Tensor, axis: number | null, withZeros: boolean): Tensor => (axis === null ? tensor : padRows(tensor, axis, padding, withZeros));
    return { rows: range, padding, feeds: padding === 0 ? part : mapFeeds(part, (tensor, name) => padded(tensor, axisOf(name), name === zeroFilled)) };
  });
}

function checkFilling(feeds: Feeds, axisOf: (name: string) => number | null, rows: number, fixedBatch: number, most: EngineRunOptions["mostFilled"]): void {
  const { elements = MOST_FILLED, option } = most ?? {};
  const perRow = Object.entries(feeds).reduce((sum, [name, { dims }]) => (axisOf(name) === null ? sum : sum + sizeOf(dims.toSpliced(axisOf(name)!, 1))), 0);
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
 * Rows that fit beside what may be the states of a recurrent network, [layers, batch, hidden], where the model does not say so: as many as the axis says that
 * it leaves open. Null where nothing limits them.
 */
function rowsBesideStates(feeds: Feeds, inputs: readonly ValueInfo[]): number | null {
  const states = inputs.filter((info) => rowAxis(info) === null && stateAxis(info) > 0);
  const batches = states.map((info) => feeds[info.name]?.dims[stateAxis(info)]);
  return batches.includes(1) ? 1 : null;
}

function padRows(tensor: Tensor, axis: number, padding: number, withZeros: boolean): Tensor {
  const rows = tensor.dims[axis] ?? 0;
  const last = takeRows(tensor, rows - 1, rows, axis);
  const filling = withZeros ? ({ ...last, data: (last.data as Float32Array).map(() => 0) } as Tensor) : last;
  return concatRows([tensor, repeatRow(filling, padding, axis)], axis);
}
