import { type GraphBuilder, type Value, rankOf, staticDims } from "@xdeep/onnx";

/** The dims of one row; null where one is open. */
export function sampleDims({ facts }: Value): readonly number[] | null {
  return staticDims({ ...facts, dims: facts.dims?.slice(1) ?? null });
}

/** The dims behind the batch axis, as a list for a Reshape: a constant where they are known. */
function tail(g: GraphBuilder, value: Value): { readonly known: readonly number[] | null; readonly list: Value } {
  const known = sampleDims(value);
  return { known, list: known === null ? g.op("Shape", [value], { start: 1 }) : g.ints(known) };
}

/** [M, …] → [-1, …leading, …]: the rows in other groups, what belongs to one row as it is. */
function regrouped(g: GraphBuilder, value: Value, leading: readonly number[], { known, list }: ReturnType<typeof tail>): Value {
  return g.reshape(value, known === null ? g.concat([g.ints([-1, ...leading]), list], 0) : g.ints([-1, ...leading, ...known]));
}

/** [M, …] → [M, 1, …, 1, …] with `count` new axes behind the batch. */
export function withAxes(g: GraphBuilder, value: Value, count: number): Value {
  return g.unsqueeze(
    value,
    Array.from({ length: count }, (_, i) => i + 1),
  );
}

/** [M, n, …] → [M · n, …], where `like` is one row's worth, [M, …]. */
export function folded(g: GraphBuilder, points: Value, like: Value): Value {
  return regrouped(g, points, [], tail(g, like));
}

/** [M · n, …] → [M, n, …]. */
export function unfolded(g: GraphBuilder, points: Value, sizes: readonly number[]): Value {
  return regrouped(g, points, sizes, tail(g, points));
}

/** [M, …] → [M · n, …]: each row n times, one after the other. */
export function repeated(g: GraphBuilder, value: Value, n: number): Value {
  const shape = g.ints([1, n, ...Array.from({ length: rankOf(value) - 1 }, () => 1)]);
  return folded(g, g.expand(withAxes(g, value, 1), shape), value);
}

/** The same along another axis; null: as it is. */
export function repeatedAlong(g: GraphBuilder, value: Value, axis: number | null, n: number): Value {
  if (axis === null) return value;
  if (axis === 0) return repeated(g, value, n);
  const swapped = Array.from({ length: rankOf(value) }, (_, i) => (i === 0 ? axis : i === axis ? 0 : i));
  return g.transpose(repeated(g, g.transpose(value, swapped), n), swapped);
}

/** Σₖ wₖ vₖ over the points of each row: [M · n, …] → [M, …]. */
export function weightedMean(g: GraphBuilder, points: Value, weights: readonly number[]): Value {
  const n = weights.length;
  const rest = tail(g, points);
  const rows = g.reshape(points, g.ints([-1, n, rest.known === null ? 0 : rest.known.reduce((size, dim) => size * dim, 1)]));
  const row = g.constant({ type: "float32", dims: [1, n], data: Float32Array.from(weights) }, "weights");
  return regrouped(g, g.matmul(row, rows), [], rest);
}

/** The mean of values of the same dims. */
export function meanOf(g: GraphBuilder, values: readonly Value[]): Value {
  return g.scale(g.sum(values), 1 / values.length);
}

/** The same of values by name. */
export function meansOf(g: GraphBuilder, parts: readonly ReadonlyMap<string, Value>[]): ReadonlyMap<string, Value> {
  const values = [...parts[0]!.keys()].map((name) => [name, parts.map((part) => part.get(name)!)] as const);
  return new Map(values.map(([name, each]) => [name, meanOf(g, each)]));
}

/** All axes but the batch. */
export function innerAxes(value: Value): readonly number[] {
  return Array.from({ length: rankOf(value) - 1 }, (_, i) => i + 1);
}

/** Σ over each row: [M, …] → [M]. */
export function rowSum(g: GraphBuilder, value: Value): Value {
  return g.reduceSum(value, innerAxes(value), false);
}

/** A constant of one of two precisions. */
export function floats(g: GraphBuilder, type: "float32" | "float64", dims: readonly number[], data: Float64Array, hint: string): Value {
  return type === "float64" ? g.constant({ type, dims, data }, hint) : g.constant({ type, dims, data: Float32Array.from(data) }, hint);
}
