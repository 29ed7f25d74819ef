import { type FloatTensor, type Target, float32, sizeOf } from "@xdeep/core";

import { type Failures, createFailureList } from "./failure-list.ts";
import { type HistogramBin, sizeHistogram } from "./histogram.ts";
import { type Json, missingShards, shardCount } from "../manifest/manifest.ts";
import { type Results, requireWhole, resultsOf } from "./results.ts";
import { shardArrayReader } from "../rows/read-arrays.ts";
import type { RowRecord, Shard } from "../rows/row-record.ts";

/** What was explained most, how far deltas reach, and what failed. Plain data. */
export interface BatchSummary extends Failures {
  readonly manifest: string;
  readonly shards: { readonly done: number; readonly total: number; readonly missing: readonly number[] };
  readonly rows: number;
  readonly explained: number;
  readonly failed: number;
  /** Most rows first. */
  readonly classes: readonly ClassSummary[];
  /** By the names of attributions; of methods that define deltas. */
  readonly deltas: Readonly<Record<string, DeltaSummary>>;
  /** What jobs say of themselves, such as engine and versions; several where shards come from machines that differ. */
  readonly provenance: readonly Json[];
}

export interface ClassSummary {
  readonly target: Target;
  readonly name: string | null;
  readonly rows: number;
  readonly meanScore: number;
  /** Rows by what they are known to be, where the manifest says; most rows first. */
  readonly labels: Readonly<Record<string, number>>;
}

/** Of |Σ A − (F(x) − F(x′))|, in units of the score. */
export interface DeltaSummary {
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  /** Of |delta|. */
  readonly histogram: readonly HistogramBin[];
  /** The ten largest |delta|. */
  readonly worst: readonly WorstRow[];
}

export interface WorstRow {
  readonly row: number;
  readonly name: string;
  readonly target: Target;
  readonly targetName: string | null;
  readonly score: number;
  readonly delta: number;
}

export interface SummarizeOptions {
  /** Refuse folders of which shards are missing. Default: false. */
  readonly whole?: boolean | undefined;
}

/** Mean of |A| over the rows of a class. */
export interface MeanMap {
  readonly value: string;
  readonly target: Target;
  readonly name: string | null;
  readonly rows: number;
  /** Dims of one sample. */
  readonly mean: FloatTensor;
}

export interface MeanMapsOptions {
  /** How many classes, those with most rows. Default: 10. */
  readonly classes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const WORST = 10;

/**
 * Sums up what one or several folders of the same job hold.
 *
 * @throws {XDeepError} INPUT_MISSING, OPTION_INVALID for folders; INPUT_TYPE for a damaged shard
 */
export async function summarize(source: Results | readonly string[], { whole = false }: SummarizeOptions = {}): Promise<BatchSummary> {
  const results = await resultsOf(source);
  const { manifest, shards } = results;
  if (whole) requireWhole(results);
  const records = shards.flatMap(({ shard }) => shard.rows);
  const { errors, failures, add } = createFailureList();
  const explained = records.filter((record) => !add(record));
  const missing = missingShards(
    manifest,
    shards.map(({ shard }) => shard.shard),
  );
  const provenance = new Set(shards.map(({ shard }) => JSON.stringify(shard.provenance)));
  return {
    manifest: manifest.id,
    shards: { done: shards.length, total: shardCount(manifest), missing },
    rows: manifest.rows,
    explained: explained.length,
    failed: records.length - explained.length,
    errors,
    failures,
    classes: [...byTarget(explained).values()].map(classSummary).toSorted((a, b) => b.rows - a.rows),
    deltas: Object.fromEntries(deltaNames(explained).map((name) => [name, deltaSummary(explained, name)])),
    provenance: [...provenance].map((text) => JSON.parse(text) as Json),
  };
}

/**
 * Mean maps of the classes with most rows. Memory for as many maps is enough.
 *
 * @throws {XDeepError} as `summarize`
 */
export async function meanMaps(source: Results | readonly string[], { classes = 10, signal }: MeanMapsOptions = {}): Promise<readonly MeanMap[]> {
  const { shards } = await resultsOf(source);
  const explained = shards.flatMap(({ shard }) => shard.rows).filter(({ error }) => error === undefined);
  const frequent = [...byTarget(explained)].toSorted(([, a], [, b]) => b.length - a.length).slice(0, classes);
  const values = [...new Set(shards.flatMap(({ shard }) => shard.arrays.map(({ value }) => value)))];
  const sums = new Map(values.map((value) => [value, new Map(frequent.map(([key]) => [key, NO_SUM]))]));
  for (const { folder, shard } of shards) {
    signal?.throwIfAborted();
    const read = shardArrayReader(folder, shard);
    for (const { value, dims } of shard.arrays) addTo(sums.get(value)!, shard, dims.slice(1), await read(value));
  }
  const maps: MeanMap[] = [];
  for (const value of values) {
    for (const [key, [first]] of frequent) {
      const { sum, rows, dims } = sums.get(value)!.get(key)!;
      if (rows === 0) continue;
      maps.push({
        value,
        target: first!.target!,
        name: first!.targetName ?? null,
        rows,
        mean: float32(
          dims,
          Float32Array.from(sum, (each) => each / rows),
        ),
      });
    }
  }
  return maps;
}

/** Of |A| over rows of a class. */
interface Sum {
  readonly rows: number;
  readonly dims: readonly number[];
  readonly sum: Float64Array;
}

const NO_SUM: Sum = { rows: 0, dims: [], sum: new Float64Array(0) };

function addTo(sums: Map<string, Sum>, shard: Shard, dims: readonly number[], data: Float32Array): void {
  const size = sizeOf(dims);
  for (const { at, target } of shard.rows) {
    const key = JSON.stringify(target);
    const known = at === null ? undefined : sums.get(key);
    if (known === undefined) continue;
    const { rows, sum } = known.rows === 0 ? { rows: 0, sum: new Float64Array(size) } : known;
    if (rows > 0 && known.dims.join() !== dims.join()) continue;
    const start = at! * size;
    for (let i = 0; i < size; i++) sum[i] = sum[i]! + Math.abs(data[start + i]!);
    sums.set(key, { rows: rows + 1, dims, sum });
  }
}

function byTarget(records: readonly RowRecord[]): ReadonlyMap<string, readonly RowRecord[]> {
  const groups = new Map<string, RowRecord[]>();
  for (const record of records) {
    const key = JSON.stringify(record.target);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return groups;
}

function classSummary(records: readonly RowRecord[]): ClassSummary {
  const [{ target, targetName }] = records as [RowRecord];
  const meanScore = records.reduce((sum, { score }) => sum + score!, 0) / records.length;
  return {
    target: target!,
    name: targetName ?? null,
    rows: records.length,
    meanScore,
    labels: counts(records.flatMap(({ label }) => (label === undefined ? [] : [label]))),
  };
}

function counts(words: readonly string[]): Readonly<Record<string, number>> {
  const found = new Map<string, number>();
  for (const word of words) found.set(word, (found.get(word) ?? 0) + 1);
  return Object.fromEntries([...found].toSorted(([, a], [, b]) => b - a));
}

function deltaNames(records: readonly RowRecord[]): readonly string[] {
  return [...new Set(records.flatMap(({ deltas }) => Object.keys(deltas ?? {})))];
}

function deltaSummary(records: readonly RowRecord[], name: string): DeltaSummary {
  const sorted = records.filter(({ deltas }) => deltas?.[name] !== undefined).toSorted((a, b) => Math.abs(b.deltas![name]!) - Math.abs(a.deltas![name]!));
  const sizes = sorted.map(({ deltas }) => Math.abs(deltas![name]!));
  const quantile = (share: number): number => sizes[Math.floor((1 - share) * (sizes.length - 1))]!;
  const worst = sorted.slice(0, WORST).map(({ row, name: rowName, target, targetName = null, score, deltas }): WorstRow => {
    return { row, name: rowName, target: target!, targetName, score: score!, delta: deltas![name]! };
  });
  return { median: quantile(0.5), p90: quantile(0.9), max: quantile(1), histogram: sizeHistogram(sizes), worst };
}
