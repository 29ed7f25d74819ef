import { repeatFeeds, sliceFeeds, toFloat64, writePathPoint } from "@xdeep/core/method";
import type { Tensor } from "@xdeep/core";
import type { Point } from "@xdeep/core/method";

import type { Moving } from "./endpoint.ts";

/** The point x′ + α (x − x′) of a path that starts at x′. */
export interface PathNode {
  readonly start: Point;
  readonly alpha: number;
}

/** One row of the input, as the end of its paths. */
export interface PathEnd {
  /** The values that move. */
  readonly point: Point;
  /** Feeds at any nodes, one row for each. What does not move is repeated. */
  at(nodes: readonly PathNode[]): Readonly<Record<string, Tensor>>;
}

/** @param shared names of the inputs that have no batch axis: they are passed whole */
export function pathEnd({ feeds, names }: Moving, row: number, shared: ReadonlySet<string>): PathEnd {
  const single = sliceFeeds(feeds, { start: row, end: row + 1 }, shared);
  const ends = Object.keys(single)
    .filter((name) => names.includes(name))
    .map((name) => [name, toFloat64(single[name]!)] as const);

  function at(nodes: readonly PathNode[]): Readonly<Record<string, Tensor>> {
    const moved = ends.map(([name, end]) => {
      const write = (values: Float32Array | Float64Array): void =>
        nodes.forEach(({ start, alpha }, n) => writePathPoint(values, n * end.length, start[name]!, end, alpha));
      return [name, write] as const;
    });
    return repeatFeeds(single, nodes.length, shared, new Map(moved));
  }

  return { point: Object.fromEntries(ends), at };
}
