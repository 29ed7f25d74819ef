import { resolve } from "node:path";

import type { OpenJob, Row, RowResult } from "@xdeep/batch";
import { type Model, type Tensor, XDeepError, sliceRows } from "@xdeep/core";
import { concatRows } from "@xdeep/core/method";
import { preprocess } from "@xdeep/image";

import { resolveBaselines } from "../explain/baseline-flag.ts";
import { explainWith } from "../explain/explain-with.ts";
import type { Explanation, ModelRecord } from "../explain/explanation.ts";
import { shareFirstRun } from "../explain/methods/first-run.ts";
import { createExplainer, type NamedMethod, resolveMethods } from "../explain/methods/method.ts";
import { type ScoredInput, scoreInput } from "../explain/targets/score-input.ts";
import { parseTarget } from "../explain/targets/target-flag.ts";
import { type InputPlan, type PreparedInput, readFurtherInputs } from "../inputs/prepare-input.ts";
import { isTensorFile, tensorInFile, tensorOfNumbers } from "../inputs/tensor-file.ts";
import { loadAnyModel } from "../models/load-any-model.ts";
import { type MethodFacts, type RowFacts, arrayName } from "./row-facts.ts";
import { type FolderJob, type FolderPlaces, type ManyFlags, planOf, versionsOf } from "./folder-job.ts";

/** Everything that stays the same for all rows. */
interface RowRun {
  readonly job: FolderJob;
  readonly flags: ManyFlags;
  readonly model: Model;
  readonly record: ModelRecord;
  readonly methods: readonly NamedMethod[];
  readonly plan: InputPlan;
  readonly further: Readonly<Record<string, Tensor>>;
}

/** What `xdeep explain` does to a row of many, in a thread of its own: the module that @xdeep/batch opens there. */
export const openJob: OpenJob<FolderJob, FolderPlaces> = async (job, { places, base }) => {
  const flags = { ...flagsAt(job, base), ...(places.cache === undefined ? {} : { cache: resolve(base, places.cache) }) };
  const path = resolve(base, places.model);
  const { model, file, weightFiles } = await loadAnyModel(path, flags);
  if (file.sha256 !== job.model.sha256 || weightFiles.map(({ sha256 }) => sha256).join() !== job.model.weights.join()) {
    await model.dispose();
    throw new XDeepError(
      "INPUT_CHANGED",
      `"${path}" is another model than the one that the work began with. Bring it back, or start again in another folder.`,
      {
        details: { path, expected: job.model.sha256, got: file.sha256 },
      },
    );
  }
  await demandSame(model, job, places);
  const run: RowRun = {
    job,
    flags,
    model,
    record: { ...file, path, weightFiles, backend: model.backend, engine: model.engine },
    methods: await resolveMethods(flags.method),
    plan: planOf(job, model),
    further: await readFurtherInputs(model, flags.input ?? {}),
  };
  return {
    provenance: { backend: model.backend, engine: model.engine, versions: versionsOf(model) },
    rowsPerCall: job.pictures === null && Object.keys(run.further).length === 0 ? model.capabilities.preferredBatch : 1,
    explain: async (rows, { signal }) => {
      const isShared = rows.every(({ target }) => target === undefined);
      if (isShared) return explainRows(rows, run, signal);
      const results: RowResult[] = [];
      for (const row of rows) results.push(...(await explainRows([row], run, signal)));
      return results;
    },
    close: () => model.dispose(),
  };
};

/** @throws {XDeepError} CONTRACT_VERSION where this machine has another engine, or other versions, than the one that hands out */
async function demandSame(model: Model, { engine }: FolderJob, { versions }: FolderPlaces): Promise<void> {
  const told = (by: string, of: FolderPlaces["versions"]): string => [by, ...Object.entries(of).map(([name, version]) => `${name} ${version}`)].join(", ");
  const [expected, got] = [told(engine, versions), told(model.engine, versionsOf(model))];
  if (got === expected) return;
  await model.dispose();
  const message = `The work began with ${expected}; here is ${got}. Install the same versions, so that no row depends on who explains it.`;
  throw new XDeepError("CONTRACT_VERSION", message, { details: { expected, got } });
}

/** Files that flags name, where they are on this machine. */
function flagsAt({ flags, files }: FolderJob, base: string): ManyFlags {
  const at = (path: string): string => (path in files ? resolve(base, path) : path);
  const { baseline, input } = flags;
  return {
    render: [],
    out: "",
    json: false,
    ...flags,
    ...(baseline === undefined ? {} : { baseline: baseline.map(at) }),
    ...(input === undefined ? {} : { input: Object.fromEntries(Object.entries(input).map(([name, path]) => [name, at(path)])) }),
  };
}

/** Rows that are explained together: their numbers are one batch. */
async function explainRows(rows: readonly Row[], run: RowRun, signal: AbortSignal): Promise<readonly RowResult[]> {
  const { job, flags, model, methods, record } = run;
  const input = await prepareRows(rows, run, signal);
  const asked = rows[0]!.target ?? flags.target;
  const wish = asked === undefined ? null : parseTarget(asked, job.labels);
  const { scoring, explaining } = shareFirstRun(model, methods, flags);
  const scored = await scoreInput(scoring, input, wish, { output: flags.output, labels: job.labels, count: flags.top, signal });
  const baseline = await resolveBaselines(flags.baseline, input, { maxPixels: flags.maxPixels, signal });
  const explanations: Explanation[] = [];
  for (const method of methods) {
    const explainer = createExplainer(explaining, method, { ...flags, baseline });
    explanations.push(...(await explainWith({ explainer, method, input, targets: [{ text: asked ?? null, scored }], model: record, flags, signal })));
  }
  return rows.map((_, n) => resultOf(n, explanations, scored, input));
}

async function prepareRows(rows: readonly Row[], { plan, flags, further }: RowRun, signal: AbortSignal): Promise<PreparedInput> {
  const tensors: Tensor[] = [];
  let picture: PreparedInput["picture"] = null;
  const { numbers, pictures } = plan;
  for (const row of rows) {
    const input = await row.load();
    if (input.kind === "numbers") tensors.push(tensorOfNumbers(numbers!.info, { dims: input.dims, numbers: input.data }, row.name));
    else if (isTensorFile(input.path)) tensors.push(tensorInFile(input.bytes, row.name, numbers!.info));
    else {
      const image = await preprocess(input.bytes, pictures!.plan.preprocessing, { maxPixels: flags.maxPixels, signal });
      tensors.push(image.tensor);
      picture = image.picture;
    }
  }
  if (rows.length > 1 && tensors.some(({ dims }) => dims[0] !== 1)) throw new XDeepError("INPUT_SHAPE", "A file of many holds one row.");
  const isPicture = picture !== null;
  const { info } = isPicture ? pictures! : numbers!;
  const [{ name, sha256 }] = rows as [Row];
  return {
    path: name,
    file: { file: name, sha256: sha256 ?? "" },
    info,
    feeds: { ...further, [info.name]: concatRows(tensors) },
    picture,
    plan: isPicture ? pictures!.plan : null,
    text: null,
    layout: isPicture ? pictures!.plan.preprocessing.layout : (flags.layout ?? info.layout),
  };
}

function resultOf(row: number, explanations: readonly Explanation[], scored: ScoredInput, { info }: PreparedInput): RowResult {
  const values: Record<string, RowResult["values"][string]> = {};
  const deltas: Record<string, number> = {};
  for (const { record, values: tensors } of explanations) {
    const names = Object.keys(tensors);
    for (const [value, tensor] of Object.entries(tensors)) {
      const name = arrayName(record.name, value, names.length === 1 && (value === info.name || value === record.layer?.name));
      const one = sliceRows(tensor, row, row + 1);
      values[name] = { ...one, dims: one.dims.slice(1) };
    }
    // Of all values together, where a method attributes to several.
    const { convergence } = record.rows[row]!;
    if (convergence !== undefined) deltas[record.name] = convergence.delta;
  }
  const [first] = explanations as [Explanation];
  const { target, name, score } = first.record.rows[row]!;
  const methods = explanations.map(({ record, values: tensors }): readonly [string, MethodFacts] => {
    const { method, rule, rectifiers, layer, notes } = record;
    return [record.name, { method, rule, rectifiers, layer, values: Object.keys(tensors), notes }];
  });
  const { record } = first;
  const facts: RowFacts = { output: scored.output, entries: scored.kind, score: record.score, top: scored.top[row]!, methods: Object.fromEntries(methods) };
  return {
    values,
    target,
    targetName: name,
    score,
    ...(Object.keys(deltas).length === 0 ? {} : { deltas }),
    facts: JSON.parse(JSON.stringify(facts)) as RowResult["facts"],
  };
}
