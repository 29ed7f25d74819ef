import { fromFloat64, repeatRow, sliceFeeds, toFloat64 } from "@xdeep/core/method";
import type { Tensor } from "@xdeep/core";

import type { Point } from "./baseline.ts";
import type { Endpoint } from "./endpoint.ts";

/** One row of the input, as the end of its path. */
export interface PathEnd {
  /** The values that move. */
  readonly point: Point;
  /** Feeds at any points, one row for each. What does not move is repeated. */
  at(points: readonly Point[]): Readonly<Record<string, Tensor>>;
}

/** @param shared names of the inputs that have no batch axis: they are passed whole */
export function pathEnd({ feeds, moving }: Endpoint, row: number, shared: ReadonlySet<string>): PathEnd {
  const single = Object.entries(sliceFeeds(feeds, { start: row, end: row + 1 }, shared));
  const point = Object.fromEntries(single.filter(([name]) => moving.includes(name)).map(([name, tensor]) => [name, toFloat64(tensor)]));
  const at: PathEnd["at"] = (points) =>
    Object.fromEntries(
      single.map(([name, tensor]) => [
        name,
        name in point
          ? stack(
              tensor,
              points.map((each) => each[name]!),
            )
          : shared.has(name)
            ? tensor
            : repeatRow(tensor, points.length),
      ]),
    );
  return { point, at };
}

/** x′ + α (x − x′). */
export function between(start: Point, end: Point, alpha: number): Point {
  return Object.fromEntries(Object.entries(end).map(([name, x]) => [name, x.map((value, i) => start[name]![i]! + alpha * (value - start[name]![i]!))]));
}

function stack(like: Tensor, rows: readonly Float64Array[]): Tensor {
  const size = rows[0]!.length;
  const data = new Float64Array(rows.length * size);
  rows.forEach((row, n) => data.set(row, n * size));
  return fromFloat64(like.type, [rows.length, ...like.dims.slice(1)], data);
}
