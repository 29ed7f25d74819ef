import { relative, resolve, sep } from "node:path";

import type { Json } from "@xdeep/batch";
import type { Model } from "@xdeep/core";

import type { ExplainFlags } from "../commands/explain-flags.ts";
import { hashFile } from "../inputs/hashed-file.ts";
import type { Labels } from "../inputs/labels.ts";
import type { InputPlan } from "../inputs/prepare-input.ts";
import type { PicturePlan } from "../inputs/prepare-picture.ts";
import type { LoadedModel } from "../models/model-loader.ts";
import { VERSION } from "../version.ts";

/** What is done to every row, in a manifest: all that changes results, found out once. */
export interface FolderJob {
  readonly model: { readonly file: string; readonly sha256: string; readonly weights: readonly string[] };
  readonly backend: string;
  readonly engine: string;
  readonly flags: JobFlags;
  readonly labels: Labels | null;
  /** Names of the inputs that rows go to. */
  readonly pictures: { readonly input: string; readonly plan: PicturePlan } | null;
  readonly numbers: { readonly input: string } | null;
  /** SHA-256 of the files that flags name, by the paths as they were given. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a job needs on the machine that runs it: paths relative to the base. */
export interface FolderPlaces {
  readonly model: string;
  /** The folder of `--cache`. */
  readonly cache?: string | undefined;
  /** Of the packages that the work began with: by others, rows would depend on who explains them. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The options of `xdeep explain` for many inputs: with one target for all. */
export type ManyFlags = Omit<ExplainFlags, "target"> & { readonly target?: string | undefined };

export type JobFlags = Pick<ManyFlags, "gpu" | "method" | "takeMax" | "top"> & Partial<ManyFlags>;

/** Whether an option changes what is computed. Those of preprocessing and labels do too, but a job holds what became of them. */
const CHANGES_RESULTS: Readonly<Record<keyof ExplainFlags, boolean>> = {
  aggregate: true,
  backend: true,
  backendOption: true,
  background: false,
  baseline: true,
  batch: true,
  blur: false,
  cache: false,
  channels: false,
  colors: false,
  cropFraction: false,
  divergingColors: false,
  engine: true,
  features: false,
  font: false,
  gpu: true,
  input: true,
  inputDims: true,
  interpolation: false,
  json: false,
  labels: false,
  layout: true,
  limit: true,
  maxPixels: true,
  mean: false,
  method: true,
  metric: false,
  methodOption: true,
  multiplyByInputs: true,
  noiseLevel: true,
  noiseStd: true,
  opacity: false,
  out: false,
  output: true,
  percentile: false,
  preset: false,
  quadrature: true,
  rectifiers: true,
  reduce: false,
  render: false,
  report: false,
  resize: false,
  samples: true,
  scale: false,
  score: true,
  seed: true,
  shared: true,
  size: false,
  std: false,
  steps: true,
  takeMax: true,
  target: true,
  text: false,
  textPair: false,
  threads: true,
  tokenizer: false,
  tolerance: true,
  truncate: false,
  top: true,
  wrt: true,
  column: false,
  queue: false,
  shardFormat: false,
  shardSize: false,
  workers: false,
};

export interface FolderJobParts {
  readonly loaded: LoadedModel;
  readonly flags: ManyFlags;
  readonly labels: Labels | null;
  readonly plan: InputPlan;
}

export async function folderJob({ loaded: { model, file, weightFiles }, flags, labels, plan }: FolderJobParts): Promise<FolderJob> {
  const named = Object.entries(flags).filter(([name, value]) => CHANGES_RESULTS[name as keyof ExplainFlags] && value !== undefined);
  return {
    model: { ...file, weights: weightFiles.map(({ sha256 }) => sha256) },
    backend: model.backend,
    engine: model.engine,
    flags: Object.fromEntries(named) as unknown as JobFlags,
    labels,
    pictures: plan.pictures === undefined ? null : { input: plan.pictures.info.name, plan: plan.pictures.plan },
    numbers: plan.numbers === undefined ? null : { input: plan.numbers.info.name },
    files: await hashesOf([...(flags.baseline ?? []), ...Object.values(flags.input ?? {})]),
  };
}

/** The plan of a job, on a model that was loaded again. */
export function planOf({ pictures, numbers }: FolderJob, model: Model): InputPlan {
  const info = (name: string): Model["inputs"][number] => model.inputs.find((input) => input.name === name)!;
  return {
    ...(pictures === null ? {} : { pictures: { info: info(pictures.input), plan: pictures.plan } }),
    ...(numbers === null ? {} : { numbers: { info: info(numbers.input) } }),
  };
}

/** As plain data: what is undefined is not there. */
export function asJson(value: FolderJob | FolderPlaces): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

export function placesOf(model: string, versions: FolderPlaces["versions"], cache?: string): FolderPlaces {
  const fromHere = (path: string): string => relative(process.cwd(), resolve(path)).replaceAll(sep, "/");
  return { model: fromHere(model), versions, ...(cache === undefined ? {} : { cache: fromHere(cache) }) };
}

export function versionsOf({ versions }: Model): FolderPlaces["versions"] {
  return { ...versions, "@xdeep/cli": VERSION };
}

/** The script of a row's job beside this one. */
export function rowJob(): URL {
  return new URL("./row-job.js", import.meta.url);
}

/** Words that are no files, such as "black", have no hash. */
async function hashesOf(paths: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const entries = await Promise.all(paths.map(async (path) => [path, (await hashFile(path, path).catch(() => null))?.sha256] as const));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
