import { type FillFloats, floatRoom } from "../tensors/float-values.ts";
import type { ValueInfo } from "../contract/model.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { repeatRow, rowAxes } from "./row-axis.ts";
import type { Pause } from "./between-runs.ts";

type Feeds = Readonly<Record<string, Tensor>>;

/** Feeds of one row, `count` times over, in which `fill` writes what moves, all of it. Good until the next call, which writes into the same memory. */
export type MovedFeeds = (row: Feeds, count: number, pause: Pause, fill: (name: string) => FillFloats) => Promise<Feeds>;

/**
 * Feeds of one row after the other, again and again, for methods that move some floats of it from run to run.
 *
 * @param feeds those of all rows
 * @param moving names of the floats that move
 * @param inputs of the model: they say where their rows lie
 */
export function movedFeeds(feeds: Feeds, moving: readonly string[], inputs: readonly ValueInfo[]): MovedFeeds {
  const rooms = moving.map((name) => ({ name, sample: feeds[name]!.dims.slice(1), room: floatRoom(feeds[name]!.type) }));
  const axisOf = rowAxes(inputs);
  const repeated = (name: string, tensor: Tensor, count: number): Tensor => {
    const axis = moving.includes(name) ? null : axisOf(name);
    return axis === null ? tensor : repeatRow(tensor, count, axis);
  };
  return async (row, count, pause, fill) => {
    const moved = Object.fromEntries(Object.entries(row).map(([name, tensor]) => [name, repeated(name, tensor, count)]));
    for (const { name, sample, room } of rooms) moved[name] = await room([count, ...sample], pause, fill(name));
    return moved;
  };
}
