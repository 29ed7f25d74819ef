import { type BatchSummary, type Json, type MeanMap, type Results } from "@xdeep/batch";
import type { AttributionJSON, FloatTensor, Score } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";
import { writeWholeFile } from "@xdeep/image";

import type { FolderJob } from "../batch/folder-job.ts";
import { type MethodFacts, type RowFacts, arrayFacts, rowFacts } from "../batch/row-facts.ts";
import type { Labels } from "../inputs/labels.ts";
import { pictureOf } from "../write/picture-of.ts";
import { type BatchFacts, type ShownMean, batchPage } from "./batch-page.ts";
import { MOST_CLASSES, detailOf, mostMaps, strongest } from "./map-detail.ts";
import { smallMap } from "./small-map.ts";

export interface BatchReportOptions {
  readonly results: Results;
  readonly summary: BatchSummary;
  readonly means: readonly MeanMap[];
  /** That makes the page, without the program's own name. */
  readonly command: readonly string[];
  /** Names of the entries of an input that is no picture. */
  readonly features?: Labels | null;
}

/**
 * Writes one page that stands alone about many inputs: counts, classes with their mean maps, deltas, what failed, where it comes from.
 *
 * @throws {XDeepError} WRITE_FAILED
 */
export async function writeBatchReport(path: string, { results, summary, means, command, features = null }: BatchReportOptions): Promise<void> {
  const facts = factsOf(results);
  const shown = shownMeans(means, facts, features);
  const { MAP_SCRIPT: element } = await import("@xdeep/map/script");
  await writeWholeFile(path, batchPage({ element, command, made: new Date(), summary, facts, means: shown }));
}

function factsOf({ manifest, shards }: Results): BatchFacts {
  let row: RowFacts | null = null;
  const notes = new Map<string, { readonly text: string; rows: number }>();
  for (const record of shards.flatMap(({ shard }) => shard.rows)) {
    const facts = rowFacts(record.facts);
    row ??= facts;
    for (const [method, own] of Object.entries(facts?.methods ?? {})) {
      for (const note of own.notes) {
        const kind = `${method}: ${note.replaceAll(NUMBER, "0")}`;
        if (!notes.has(kind)) notes.set(kind, { text: `${method}: ${note}`, rows: 0 });
        notes.get(kind)!.rows += 1;
      }
    }
  }
  return { manifest, job: folderJobOf(manifest.job), row, notes: [...notes.values()].toSorted((a, b) => b.rows - a.rows) };
}

/** Notes that differ in these alone say the same of other rows. */
const NUMBER = /\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** The job of `xdeep explain`; null for those of others. */
function folderJobOf(job: Json): FolderJob | null {
  const isOurs = typeof job === "object" && job !== null && ["model", "flags", "engine", "backend", "files"].every((name) => name in job);
  return isOurs ? (job as unknown as FolderJob) : null;
}

/** As many as there is room for: those of the most frequent classes, of every array. */
function shownMeans(means: readonly MeanMap[], facts: BatchFacts, features: Labels | null): readonly ShownMean[] {
  const values = [...new Set(means.map(({ value }) => value))];
  const most = Math.max(1, Math.min(MOST_CLASSES, Math.floor(mostMaps(1) / Math.max(1, values.length))));
  const kept = values.flatMap((value) => means.filter((map) => map.value === value).slice(0, most));
  const detail = detailOf(kept.length, 1);
  return kept.map((map) => {
    const found = facts.row === null ? null : arrayFacts(map.value, facts.row.methods);
    const own = found?.facts ?? null;
    const picture = pictureOfMean(map, found, facts.job);
    if (picture !== null) {
      const small = smallMap(picture.tensor, picture.layout, detail.side);
      return { map, attribution: attributionOf(map, positive(small), facts.row, own), names: null };
    }
    const { tensor, places } = strongest(map.mean, detail.features);
    const { source } = facts.manifest;
    const columns = features ?? (source.kind === "table" && source.columns.length === map.mean.data.length ? source.columns : null);
    return { map, attribution: attributionOf(map, tensor, facts.row, own), names: places.map((at) => columns?.[at] ?? String(at)) };
  });
}

type Layout = "NCHW" | "NHWC" | null;

function pictureOfMean(
  { mean }: MeanMap,
  found: ReturnType<typeof arrayFacts>,
  job: FolderJob | null,
): { readonly tensor: FloatTensor; readonly layout: Layout } | null {
  const pictures = job?.pictures ?? null;
  const layout = pictures?.plan.preprocessing.layout ?? job?.flags.layout ?? null;
  const tensor = pictureOf(found?.value ?? "", { ...mean, dims: [1, ...mean.dims] }, found?.facts.layer ?? null, { layout, picture: pictures });
  return tensor === null ? null : { tensor, layout };
}

/** Means of sizes have one sign, and one channel says all. */
function positive({ dims, data }: FloatTensor): FloatTensor {
  const [, , height, width] = dims as readonly [number, number, number, number];
  return { type: "float32", dims: [1, 1, height, width], data: data.slice(0, height * width) };
}

function attributionOf({ value, target, rows }: MeanMap, values: FloatTensor, row: RowFacts | null, own: MethodFacts | null): AttributionJSON {
  const score: Score = row?.score ?? "logit";
  return createAttribution({
    values,
    target: [target],
    scores: new Float32Array(0),
    output: row?.output ?? "",
    provenance: {
      method: { name: "mean-of-absolute-values", parameters: { rows }, of: own?.method ?? { name: value, parameters: {} } },
      rule: own?.rule ?? "standard",
      rectifiers: own?.rectifiers ?? 0,
      score,
      backend: "",
      engine: "",
      versions: {},
    },
  }).toJSON();
}
