import { type FillFloats, floatRoom } from "../tensors/float-values.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { repeatRow } from "./batches.ts";
import type { Pause } from "./between-runs.ts";

type Feeds = Readonly<Record<string, Tensor>>;

/** Feeds of one row, `count` times over, in which `fill` writes what moves, all of it. Good until the next call, which writes into the same memory. */
export type MovedFeeds = (row: Feeds, count: number, pause: Pause, fill: (name: string) => FillFloats) => Promise<Feeds>;

/**
 * Feeds of one row after the other, again and again, for methods that move some floats of it from run to run.
 *
 * @param feeds those of all rows
 * @param moving names of the floats that move
 * @param shared names of the feeds that have no batch axis: they are passed whole
 */
export function movedFeeds(feeds: Feeds, moving: readonly string[], shared: ReadonlySet<string>): MovedFeeds {
  const rooms = moving.map((name) => ({ name, sample: feeds[name]!.dims.slice(1), room: floatRoom(feeds[name]!.type) }));
  const repeated = (name: string): boolean => !shared.has(name) && !moving.includes(name);
  return async (row, count, pause, fill) => {
    const moved = Object.fromEntries(Object.entries(row).map(([name, tensor]) => [name, repeated(name) ? repeatRow(tensor, count) : tensor]));
    for (const { name, sample, room } of rooms) moved[name] = await room([count, ...sample], pause, fill(name));
    return moved;
  };
}
