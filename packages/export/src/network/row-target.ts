import { XDeepError, sizeOf } from "@xdeep/core";
import type { TargetEntries } from "@xdeep/core/backend";
import { type Dim, type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";

import { repeated, sampleDims } from "./axes.ts";

/** Which entry of its output each row explains. */
export interface RowTarget {
  /** One-hot in every row, with the dims of the scored value. */
  cotangent(scored: Value): Value;
  /** [M]: the entries of a scored value [M, …]. With `isOneRow`, of a value [1, …] that stands for every row; [1] where they share an entry. */
  scores(scored: Value, isOneRow?: boolean): Value;
  /** int64 [M]: row-major index of the entry inside its row; −1 where a weighted sum is explained. `like` has a row for each. */
  index(like: Value): Value;
  /** The same for n points of each row. */
  repeat(n: number): RowTarget;
  /** The same for rows by their places, int64, some of them several times. */
  of(places: Value): RowTarget;
  /** The same, written into the body of a Scan or Loop. */
  within(body: GraphBuilder): RowTarget;
}

/** Entries of one row of a scored value. */
export function entriesOf(scored: Value): number {
  const dims = sampleDims(scored);
  if (dims !== null) return sizeOf(dims);
  const message = `The dims behind the batch of "${scored.name}" are not known, [${(scored.facts.dims ?? []).map(sizeName).join(", ")}], and a file that explains needs them. Load the model with \`inputDims\`.`;
  throw new XDeepError("MODEL_UNSUPPORTED", message, { details: { value: scored.name, dims: scored.facts.dims } });
}

/** A size as people read it: what follows from others is long, and open as they are. */
function sizeName(dim: Dim): string {
  return dim === null || (typeof dim === "string" && dim.startsWith("{")) ? "?" : String(dim);
}

/** One function of the entries for all rows, written into the file: a single entry, or a weighted sum. */
export function frozenTarget(g: GraphBuilder, { indices, weights }: TargetEntries): RowTarget {
  const isEntry = indices.length === 1 && weights[0] === 1;
  const row = (count: number): Float32Array => {
    const data = new Float32Array(count);
    for (const [k, index] of indices.entries()) data[index] = data[index]! + weights[k]!;
    return data;
  };
  const target: RowTarget = {
    cotangent(scored) {
      const dims = (scored.facts.dims ?? []).map((dim, axis) => (axis === 0 ? 1 : (dim as number)));
      return g.expand(g.constant({ type: "float32", dims, data: row(entriesOf(scored)) }, "cotangent"), g.shapeOf(scored));
    },
    scores(scored) {
      const rows = flat(g, scored);
      if (isEntry) return g.gather(rows, g.int(indices[0]!), 1);
      return g.squeeze(g.matmul(rows, g.constant({ type: "float32", dims: [entriesOf(scored), 1], data: row(entriesOf(scored)) })), [1]);
    },
    index: (like) => g.expand(g.ints([isEntry ? indices[0]! : -1]), g.dimOf(like, 0)),
    repeat: () => target,
    of: () => target,
    within: (body) => frozenTarget(body, { indices, weights }),
  };
  return target;
}

/** An entry for each row, found in the file or fed to it. */
export function indexedTarget(g: GraphBuilder, index: Value): RowTarget {
  return {
    cotangent(scored) {
      const places = g.constant({ type: "int64", dims: [1, entriesOf(scored)], data: BigInt64Array.from({ length: entriesOf(scored) }, (_, i) => BigInt(i)) });
      const isTarget = g.equal(g.unsqueeze(index, [1]), places);
      return g.reshapeLike(g.cast(isTarget, "float32"), scored);
    },
    scores(scored, isOneRow = false) {
      const rows = flat(g, scored);
      if (isOneRow) return g.gather(g.reshape(rows, g.ints([-1])), index, 0);
      return g.squeeze(g.op("GatherElements", [rows, g.unsqueeze(index, [1])], { axis: 1 }), [1]);
    },
    index: () => index,
    repeat: (n) => indexedTarget(g, repeated(g, index, n)),
    of: (places) => indexedTarget(g, g.gather(index, places, 0)),
    within: (body) => indexedTarget(body, index),
  };
}

/** Each row's first maximum, where `given` (int64 [N]) does not name an entry: below 0. */
export function argmaxTarget(g: GraphBuilder, scored: Value, given: Value | null): RowTarget {
  const best = g.op("ArgMax", [flat(g, scored)], { axis: 1, keepdims: 0 });
  return indexedTarget(g, given === null ? best : g.where(g.less(given, g.int(0)), best, given));
}

/**
 * The first largest of the entries that agree with `fixed`, where null leaves an axis free; some axis is free.
 *
 * @param axes dims of one row
 */
export function largestTarget(g: GraphBuilder, scored: Value, axes: readonly number[], fixed: readonly (number | null)[]): RowTarget {
  const strides = axes.map((_, axis) => sizeOf(axes.slice(axis + 1)));
  const free = axes.flatMap((size, axis) => (fixed[axis] === null ? [{ size, stride: strides[axis]! }] : []));
  const offset = fixed.reduce<number>((sum, index, axis) => sum + (index ?? 0) * strides[axis]!, 0);
  // From the last axis on, so that the axes in front keep their places.
  const left = fixed.reduceRight<Value>(
    (value, index, axis) => (index === null ? value : g.gather(value, g.int(index), axis + 1)),
    g.reshape(scored, g.ints([-1, ...axes])),
  );
  const best = g.op("ArgMax", [g.reshape(left, g.ints([-1, sizeOf(free.map(({ size }) => size))]))], { axis: 1, keepdims: 0 });
  const places = free.map(({ size, stride }, n) => {
    const behind = sizeOf(free.slice(n + 1).map((axis) => axis.size));
    const ahead = behind === 1 ? best : g.div(best, g.int(behind));
    const place = n === 0 ? ahead : g.op("Mod", [ahead, g.int(size)]);
    return stride === 1 ? place : g.mul(place, g.int(stride));
  });
  return indexedTarget(
    g,
    places.reduce((sum, place) => g.add(sum, place), g.int(offset)),
  );
}

/** A row of entries for each row: [M, entries]. */
function flat(g: GraphBuilder, scored: Value): Value {
  return rankOf(scored) === 2 ? scored : g.reshape(scored, g.ints([-1, entriesOf(scored)]));
}
