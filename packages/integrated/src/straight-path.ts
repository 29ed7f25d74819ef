import { floatTensor, repeatRow, sliceFeeds, toFloat64 } from "@xdeep/core/method";
import type { Tensor } from "@xdeep/core";
import type { Point } from "@xdeep/core/method";

import type { Endpoint } from "./endpoint.ts";

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
export function pathEnd({ feeds, moving }: Endpoint, row: number, shared: ReadonlySet<string>): PathEnd {
  const single = Object.entries(sliceFeeds(feeds, { start: row, end: row + 1 }, shared));
  const point = Object.fromEntries(single.filter(([name]) => moving.includes(name)).map(([name, tensor]) => [name, toFloat64(tensor)]));

  function feed(name: string, tensor: Tensor, nodes: readonly PathNode[]): Tensor {
    const end = point[name];
    if (end === undefined) return shared.has(name) ? tensor : repeatRow(tensor, nodes.length);
    return floatTensor(tensor.type, [nodes.length, ...tensor.dims.slice(1)], (values) => {
      for (const [n, { start, alpha }] of nodes.entries()) writeNode(values, n * end.length, start[name]!, end, alpha);
    });
  }

  return { point, at: (nodes) => Object.fromEntries(single.map(([name, tensor]) => [name, feed(name, tensor, nodes)])) };
}

function writeNode(values: Float32Array | Float64Array, offset: number, start: Float64Array, end: Float64Array, alpha: number): void {
  for (let i = 0; i < end.length; i++) values[offset + i] = start[i]! + alpha * (end[i]! - start[i]!);
}
