import { inPieces, sliceFeeds, toFloat64, writePathPoint } from "@xdeep/core/method";
import type { Model, Tensor } from "@xdeep/core";
import type { MovedFeeds, Pause, Point } from "@xdeep/core/method";

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
  /** Feeds at any nodes, one row for each. What does not move is repeated. Good until the next are made, of any path. */
  at(nodes: readonly PathNode[], pause: Pause): Promise<Readonly<Record<string, Tensor>>>;
}

/**
 * @param moved makes the feeds
 * @param inputs of the model: they say where their rows lie
 */
export function pathEnd({ feeds, names }: Moving, row: number, moved: MovedFeeds, inputs: Model["inputs"]): PathEnd {
  const single = sliceFeeds(feeds, { start: row, end: row + 1 }, inputs);
  const ends = Object.keys(single)
    .filter((name) => names.includes(name))
    .map((name) => [name, toFloat64(single[name]!)] as const);

  const point: Point = Object.fromEntries(ends);
  return { point, at: (nodes, pause) => moved(single, nodes.length, pause, (name) => (values) => writeNodes(values, name, nodes, point[name]!, pause)) };
}

async function writeNodes(values: Float32Array | Float64Array, name: string, nodes: readonly PathNode[], end: Float64Array, pause: Pause): Promise<void> {
  for (const [n, { start, alpha }] of nodes.entries()) {
    await inPieces(end.length, pause, (from, to) => {
      writePathPoint(values, n * end.length + from, start[name]!.subarray(from, to), end.subarray(from, to), alpha);
    });
  }
}
