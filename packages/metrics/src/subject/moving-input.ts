import { type FloatTensor, type Model, type Tensor, XDeepError, sizeOf, sliceRows } from "@xdeep/core";
import { type ResolvedInput, feedInner, movableInputs, pictureInput, repeatFeeds, resizeToInput, sliceFeeds, toFloat64 } from "@xdeep/core/method";

import type { Explained } from "../metric.ts";
import { needed } from "../options.ts";

/** A value that measures move: a float input, or a value inside the network that is fed. */
export interface Part {
  readonly name: string;
  /** Dims of one sample. */
  readonly dims: readonly number[];
  /** Where its entries begin among those of all parts. */
  readonly offset: number;
  readonly size: number;
  readonly layout: "NCHW" | "NHWC" | null;
}

/** The values that were attributed to, as one list of entries per row, and what the network is fed where they move. */
export interface MovingInput {
  readonly model: Model;
  readonly rows: number;
  readonly parts: readonly Part[];
  /** Entries of a row, over all parts. */
  readonly size: number;
  /** The entries of a row. */
  at(row: number): Float64Array;
  /** The attribution to each of them. That of a map, which has one value for all channels of a pixel, is shared out among the channels. */
  attributionOf(row: number): Float64Array;
  /** What the network is fed at `count` points of a row; `write` makes the k-th of them of the row's own entries. */
  feedsOf(row: number, count: number, write: (k: number, entries: Float64Array) => void): Readonly<Record<string, Tensor>>;
}

/**
 * The values that an attribution belongs to. A map of a layer belongs to the picture, enlarged to its size; any other attribution to a layer to the layer, from
 * which the network then runs.
 *
 * @throws {XDeepError} OPTION_INVALID without input or model; INPUT_SHAPE where the attribution does not have the dims of what it belongs to; WRT_UNKNOWN,
 *   CAPABILITY_MISSING for values inside the network that cannot be fed
 */
export async function movingInput(explained: Explained, metric: string, signal?: AbortSignal): Promise<MovingInput> {
  const { values, rows } = explained;
  needed(metric, "input", explained.input, "it runs the model on changed inputs");
  const model = needed(metric, "model", explained.model, "it runs the model on changed inputs");
  const placed = Object.entries(values).map(([name, tensor]) => placeMap(model, explained.feeds!, name, tensor));
  const inner = placed.filter(({ name }) => model.inputs.every((info) => info.name !== name)).map(({ name }) => name);
  const resolved = await feedInner(model, explained.feeds!, inner, signal);
  for (const { name, tensor } of placed) checkDims(metric, name, tensor, resolved.feeds[name]!, inner.includes(name));
  return moving(model, resolved, rows, placed);
}

/** The float inputs alone but masks, whatever was attributed to: where a measure moves the input of an explainer. */
export function floatInputs(explained: Explained, metric: string): MovingInput {
  needed(metric, "input", explained.input, "it moves the input");
  const model = needed(metric, "model", explained.model, "it moves the input");
  const names = movableInputs(model.inputs);
  if (names.length === 0) throw new XDeepError("WRT_UNKNOWN", `${metric} moves float inputs, and the model has none.`, { details: { metric } });
  return moving(
    model,
    explained.feeds!,
    explained.rows,
    names.map((name) => ({ name, tensor: null })),
  );
}

interface Placed {
  readonly name: string;
  readonly tensor: FloatTensor | null;
}

function moving(model: Model, { feeds }: ResolvedInput, rows: number, placed: readonly Placed[]): MovingInput {
  const parts: Part[] = [];
  let size = 0;
  for (const { name } of placed) {
    const { dims } = feeds[name]!;
    const info = model.inputs.find((input) => input.name === name);
    parts.push({ name, dims: dims.slice(1), offset: size, size: sizeOf(dims.slice(1)), layout: dims.length === 4 ? (info?.layout ?? null) : null });
    size += parts.at(-1)!.size;
  }
  const gather = (read: (part: Part, k: number) => ArrayLike<number>): Float64Array => {
    const entries = new Float64Array(size);
    for (const [k, part] of parts.entries()) entries.set(read(part, k), part.offset);
    return entries;
  };
  const at = (row: number): Float64Array => gather(({ name }) => toFloat64(sliceRows(feeds[name]!, row, row + 1)));
  return {
    model,
    rows,
    parts,
    size,
    at,
    attributionOf: (row) => gather((part, k) => placed[k]!.tensor!.data.subarray(row * part.size, (row + 1) * part.size)),
    feedsOf(row, count, write) {
      const own = at(row);
      const points = Array.from({ length: count }, (_, k) => {
        const entries = own.slice();
        write(k, entries);
        return entries;
      });
      const single = sliceFeeds(feeds, { start: row, end: row + 1 }, model.inputs);
      const moved = parts.map(({ name, offset, size: length }) => {
        const write = (values: Float32Array | Float64Array): void =>
          points.forEach((entries, k) => values.set(entries.subarray(offset, offset + length), k * length));
        return [name, write] as const;
      });
      return repeatFeeds(single, count, model.inputs, new Map(moved));
    },
  };
}

/** An attribution as it is, or a map of one channel enlarged to the picture and shared out among its channels. */
function placeMap(model: Model, resolved: ResolvedInput, name: string, tensor: FloatTensor): { readonly name: string; readonly tensor: FloatTensor } {
  const fed = resolved.feeds[name];
  const picture = pictureInput(model.inputs);
  const channelAxis = tensor.dims[1] === 1 ? 1 : 3;
  const isMap = tensor.dims.length === 4 && tensor.dims[channelAxis] === 1;
  if (String(fed?.dims) === String(tensor.dims) || !isMap || picture === undefined) return { name, tensor };
  const { dims } = resolved.feeds[picture.name]!;
  const map = resizeToInput(model, resolved, tensor, channelAxis);
  const axis = map.dims[1] === 1 && (dims[1] === 1 || map.dims[2] === dims[2]) ? 1 : 3;
  return { name: picture.name, tensor: shareOut(map, dims, axis) };
}

/** A / C in each of C channels: sums stay. */
function shareOut(map: FloatTensor, dims: readonly number[], axis: 1 | 3): FloatTensor {
  const channels = dims[axis]!;
  const area = sizeOf(dims.slice(1)) / channels;
  const at = (i: number): number => (axis === 3 ? Math.floor(i / channels) : Math.floor(i / (area * channels)) * area + (i % area));
  return { type: "float32", dims, data: new Float32Array(sizeOf(dims)).map((_, i) => map.data[at(i)]! / channels) };
}

function checkDims(metric: string, name: string, { dims }: FloatTensor, fed: Tensor, isInner: boolean): void {
  if (String(fed.dims) === String(dims)) return;
  const todo = isInner ? "Leave this method or this metric out" : "Measure attributions of this input, without takeMax";
  throw new XDeepError(
    "INPUT_SHAPE",
    `${metric} changes what was attributed to, entry by entry: "${name}" has dims [${fed.dims.join(", ")}], and its attribution [${dims.join(", ")}]. ${todo}.`,
    { details: { metric, value: name, expected: fed.dims, got: dims } },
  );
}
