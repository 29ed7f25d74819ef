import type {
  AttentionInfo,
  Capabilities,
  FloatTensor,
  ForwardRequest,
  ForwardResult,
  LayerInfo,
  Model,
  Target,
  Tensor,
  ValueInfo,
  VjpRequest,
  VjpResult,
} from "@xdeep/core";
import { float32, isXDeepError } from "@xdeep/core";
import {
  type EngineRunOptions,
  type ForwardPlan,
  type InnerValues,
  type VjpPlan,
  allZero,
  betweenRuns,
  checkScores,
  checkZeroGradient,
  disposedError,
  joinTargets,
  notBatched,
  planForward,
  planVjp,
  resolveOutput,
  resolveTargets,
  runPerTarget,
  scoreEntries,
  sharedInputs,
  sliceFeeds,
  splitRows,
  sumTensors,
  targetCotangent,
} from "@xdeep/core/backend";
import {
  type TypedGraph,
  attentionMaps,
  camLayers,
  castEntries,
  cutAt,
  entryValues,
  isInnerValue,
  scoreCandidates,
  scoredValue,
  withOutputs,
} from "@xdeep/autodiff";
import { isFloatType } from "@xdeep/onnx";
import { checkAlone, checkBatched, checkRowsApart } from "./check-batched.ts";
import type { GradientForms } from "./device-rules.ts";
import type { EmptyValues } from "./empty-values.ts";
import type { Engine } from "./engine.ts";
import { GradientResults } from "./gradient-results.ts";
import { type CotangentPlan, type GradientKind, type GradientPlan, cotangentSource, gradientSource } from "./gradient-source.ts";
import { OutputDims } from "./output-dims.ts";
import { type FinishedRun, type RunOptions, joined, runRows } from "./run-rows.ts";
import type { SessionSource, Sessions } from "./sessions.ts";
import { describeTargets, targetIndices } from "./target-indices.ts";
import { asFloat32, fromFloat32 } from "./tensors.ts";
import { valueInfo } from "./value-info.ts";
import { VERSION } from "./version.ts";
import { hasSteps } from "./has-steps.ts";

/** What `loadModel` hands over. */
export interface OnnxModelParts {
  readonly graph: TypedGraph;
  readonly engine: Engine;
  /** Name, version and device of the engine, for provenance. */
  readonly engineName: string;
  readonly sessions: Sessions;
  readonly forms: GradientForms;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly capabilities: Capabilities;
  /** The batch size that the file fixes, or null where any goes. */
  readonly fixedBatch: number | null;
  /** Elements that a run may be filled up to. */
  readonly mostFilled: EngineRunOptions["mostFilled"];
  readonly emptyValues: EmptyValues;
}

/** An ONNX model run by ONNX Runtime. Made by `loadModel`. */
export class OnnxModel implements Model {
  readonly backend = "onnxruntime";
  readonly contractVersion = 1;
  readonly versions: Readonly<Record<string, string>> = { "@xdeep/onnxruntime": VERSION };
  readonly engine: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly capabilities: Capabilities;
  readonly defaultWrt: readonly string[] | undefined;
  readonly #parts: OnnxModelParts;
  readonly #innerValues: InnerValues;
  readonly #outputDims = new OutputDims();
  readonly #shared: ReadonlySet<string>;
  /** Kinds of calls whose gradients were seen to be right about being zero. */
  readonly #vouched = new Set<string>();
  #disposed = false;

  constructor(parts: OnnxModelParts) {
    this.#parts = parts;
    this.engine = parts.engineName;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.capabilities = parts.capabilities;
    this.defaultWrt = defaultWrt(parts);
    this.#shared = sharedInputs(parts.inputs);
    this.#innerValues = innerValuesOf(parts.graph);
  }

  async layers({ output }: Pick<ForwardRequest, "output"> = {}): Promise<readonly LayerInfo[]> {
    const { graph } = this.#parts;
    const [input] = entryValues(graph);
    if (input === undefined) return [];
    const found = camLayers(graph, output ?? resolveOutput(this.outputs).name, input);
    return found.map(({ name, channelAxis }) => ({ ...valueInfo(graph, name), channelAxis }));
  }

  async attention(): Promise<readonly AttentionInfo[]> {
    const { graph } = this.#parts;
    return attentionMaps(graph).map(({ name, headsAxis }) => ({ ...valueInfo(graph, name), headsAxis }));
  }

  forward(request: ForwardRequest): Promise<ForwardResult> {
    return this.#whileUsable(() => this.#forward(planForward(this, request, this.#innerValues)));
  }

  vjp(request: VjpRequest): Promise<VjpResult> {
    return this.#whileUsable(() => this.#vjp(planVjp(this, request, this.#innerValues)));
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#parts.sessions.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #forward(plan: ForwardPlan): Promise<ForwardResult> {
    const { fed, outputs, output, score, targets } = plan;
    const { graph, sessions } = this.#parts;
    const scored = targets === undefined ? null : scoredValue(graph, output.name, score).value;
    if (scored !== null) checkRowsApart(graph, output.name, plan.rows);
    // The output itself is fetched with the score: its dims say how entries lie.
    const wanted = [...new Set([...outputs, ...(scored === null ? [] : [scored, output.name])])];
    const source = (): SessionSource<null> => ({ model: withOutputs(cutAt(graph, fed, wanted), wanted), plan: null });
    const runs = await sessions.use(`forward ${JSON.stringify([wanted, fed])}`, source, ({ session }) => this.#run(session, plan, plan.feeds, wanted));
    const results = Object.fromEntries(outputs.map((name) => [name, joined(runs, name)]));
    if (scored === null) return { outputs: results, target: [], scores: new Float32Array(0), output: output.name, score };
    const { dims } = joined(runs, output.name);
    const { data } = asFloat32(joined(runs, scored));
    const resolved = resolveTargets({ name: output.name, dims, data }, targets as readonly Target[]);
    const scores = scoreEntries(data, resolved.entries);
    checkScores(scores, output.name);
    return { outputs: results, target: resolved.targets, scores, output: output.name, score };
  }

  async #vjp(plan: VjpPlan): Promise<VjpResult> {
    const kind: GradientKind = {
      output: plan.output.name,
      score: plan.score,
      rule: plan.rule,
      rectifiers: plan.rectifiers,
      wrt: plan.wrt,
      cuts: plan.fed,
      outputs: plan.outputs,
    };
    if (plan.cotangent !== undefined) return this.#pullBack(plan, kind, plan.cotangent);
    checkBatched(this.#parts.graph, plan.output.name, plan.rows, this.#shared);
    checkRowsApart(this.#parts.graph, plan.output.name, plan.rows, plan.wrt);
    await this.#checkFixedRows(plan);
    const isPlain = (plan.targetLists ?? []).flat().every(isEntry) && !this.#sumsRows(plan);
    return plan.targetLists !== undefined && isPlain ? this.#explainSeveral(plan, kind) : runPerTarget(plan, (one) => this.#explain(one, kind));
  }

  /** As many targets at a time as a session holds backward passes. */
  async #explainSeveral(plan: VjpPlan, kind: GradientKind): Promise<VjpResult> {
    const results: VjpResult[] = [];
    for (const { start, end } of splitRows(plan.targetLists!.length, MOST_TARGETS)) {
      if (start > 0) await betweenRuns(plan.signal);
      results.push(...(await this.#explainEntries(plan, kind, plan.targetLists!.slice(start, end))));
    }
    return joinTargets(results);
  }

  async #explain(plan: VjpPlan, kind: GradientKind): Promise<VjpResult> {
    const targets = plan.targets!;
    if (targets.some((target) => hasKey(target, "max"))) {
      const { target } = await this.#forward({ ...plan, outputs: [plan.output.name] });
      return this.#explain({ ...plan, targets: target }, kind);
    }
    const isPlain = targets.every(isEntry) && !this.#sumsRows(plan);
    return isPlain ? (await this.#explainEntries(plan, kind, [targets]))[0]! : this.#explainTerms(plan, kind);
  }

  /** One entry per row, for each of several targets: the graph selects it, or finds the argmax. */
  async #explainEntries(plan: VjpPlan, kind: GradientKind, lists: readonly (readonly (Target | null)[])[]): Promise<readonly VjpResult[]> {
    const { graph, sessions, forms } = this.#parts;
    const { feeds, rows, output, outputs, weights } = plan;
    const rowDims = lists.flat().every((target) => target === null) ? null : await this.#rowDims(plan);
    const indices = lists.map((targets) => targetIndices(output, rowDims ?? [], targets));
    const results = { ...kind, summed: weights !== undefined, targets: lists.length };
    const source = (): SessionSource<GradientPlan> => gradientSource(graph, forms, results, this.#shared);
    const found = await sessions.use(`target ${JSON.stringify(results)}`, source, async ({ session, plan: { names, ...facts } }) => {
      const pulled = names.map((own) => ({ ...own, gradients: new GradientResults(own, kind.wrt, weights) }));
      const { weights: weightsName, references } = names[0]!;
      const extra = {
        ...referenceFeeds(plan, references),
        ...Object.fromEntries(names.map(({ target }, k) => [target, indices[k]!])),
        [weightsName]: float32([rows], weights ?? new Float32Array(rows).fill(1)),
      };
      const fetches = [...outputs, output.name, ...pulled.flatMap(({ index, scores, gradients }) => [index, scores, ...gradients.fetches])];
      const options = { zeroFilled: weightsName, references };
      return { runs: await this.#run(session, plan, { ...feeds, ...extra }, [...new Set(fetches)], options), pulled, ...facts };
    });
    const { runs, pulled, rectifiers, notes } = found;
    const { dims } = joined(runs, output.name);
    if ((dims[0] ?? 1) !== rows) throw notBatched(output.name, dims);
    if (rowDims !== null && !this.#outputDims.isStill(output, feeds, rowDims, dims)) return this.#explainEntries(plan, kind, lists);
    const shown = Object.fromEntries(outputs.map((name) => [name, joined(runs, name)]));
    const explained = pulled.map(({ index, scores: name, gradients }) => {
      const scores = asFloat32(joined(runs, name)).data;
      checkScores(scores, output.name);
      const target = describeTargets(joined(runs, index).data as BigInt64Array, dims);
      return { outputs: shown, gradients: gradients.of(runs), target, scores, output: output.name, score: kind.score, rectifiers, notes };
    });
    await this.#checkZeros(plan, kind, explained[0]!.gradients, explained[0]!.target);
    return explained.map((result, k) => (k === 0 ? result : { ...result, gradients: unshared(result.gradients, explained[0]!.gradients) }));
  }

  /**
   * Weighted sums of entries, and gradients that sum rows: their cotangent is fed, which is 0 for rows that only fill a fixed batch. The scores
   * are read off the scored value.
   */
  async #explainTerms(plan: VjpPlan, kind: GradientKind): Promise<VjpResult> {
    const { graph } = this.#parts;
    const { output, rows, weights, outputs, targets } = plan;
    const rowDims = await this.#rowDims(plan);
    // Where a row takes its argmax beside others that name sums, it is found first.
    const known = targets!.includes(null) ? (await this.#forward({ ...plan, outputs: [output.name] })).target : (targets as readonly Target[]);
    const { entries, targets: reported } = resolveTargets({ name: output.name, dims: [rows, ...rowDims] }, known);
    const weighted = entries.map((entry, row) => ({ ...entry, weights: entry.weights.map((weight) => weight * (weights?.[row] ?? 1)) }));
    const scored = scoredValue(graph, output.name, kind.score).value;
    const cotangent = targetCotangent(await this.#dimsOf(scored, plan), weighted);
    const { runs, names } = await this.#runFrom(plan, kind, cotangent, [scored, output.name]);
    const { dims } = joined(runs, output.name);
    if ((dims[0] ?? 1) !== rows) throw notBatched(output.name, dims);
    const scores = scoreEntries(asFloat32(joined(runs, scored)).data, entries);
    checkScores(scores, output.name);
    return {
      outputs: Object.fromEntries(outputs.map((name) => [name, joined(runs, name)])),
      gradients: Object.fromEntries(
        kind.wrt.map((name) => {
          const gradient = this.#gradientOf(runs, name, names);
          return [name, this.#shared.has(name) ? gradient : summedOver(gradient, weights, rows, name)];
        }),
      ),
      target: reported,
      scores,
      output: output.name,
      score: kind.score,
      rectifiers: names.rectifiers,
      notes: names.notes,
    };
  }

  async #pullBack(plan: VjpPlan, kind: GradientKind, cotangent: FloatTensor): Promise<VjpResult> {
    const { outputs } = plan;
    // ȳ is the cotangent of the output itself, whatever the score of targets is.
    const { runs, names } = await this.#runFrom(plan, { ...kind, score: "probability" }, cotangent);
    return {
      outputs: Object.fromEntries(outputs.map((name) => [name, joined(runs, name)])),
      gradients: Object.fromEntries(kind.wrt.map((name) => [name, this.#gradientOf(runs, name, names)])),
      target: [],
      scores: new Float32Array(0),
      output: kind.output,
      score: kind.score,
      rectifiers: names.rectifiers,
      notes: names.notes,
    };
  }

  /** Runs forward, and back from a cotangent of the scored value. */
  #runFrom(
    plan: VjpPlan,
    kind: GradientKind,
    cotangent: FloatTensor,
    more: readonly string[] = [],
  ): Promise<{ readonly runs: readonly FinishedRun[]; readonly names: CotangentPlan }> {
    const { graph, sessions, forms } = this.#parts;
    return sessions.use(
      `cotangent ${JSON.stringify(kind)}`,
      () => cotangentSource(graph, forms, kind),
      async ({ session, plan: names }) => {
        const fetches = [...new Set([...plan.outputs, ...more, ...Object.values(names.gradients)])];
        const feeds = {
          ...plan.feeds,
          ...referenceFeeds(plan, names.references),
          [names.cotangent]: fromFloat32(cotangent, graph.facts.get(names.of)?.type ?? "float32"),
        };
        const whole = new Set(plan.wrt.filter((name) => this.#shared.has(name)).map((name) => names.gradients[name]!));
        return { runs: await this.#run(session, plan, feeds, fetches, { zeroFilled: names.cotangent, whole, references: names.references }), names };
      },
    );
  }

  #run(
    session: Parameters<typeof runRows>[1],
    { rows, signal, feeds: given, fed }: ForwardPlan,
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
    { references = {}, ...options }: Pick<RunOptions, "zeroFilled" | "whole"> & { readonly references?: Readonly<Record<string, string>> } = {},
  ): Promise<readonly FinishedRun[]> {
    const { engine, fixedBatch, mostFilled, emptyValues } = this.#parts;
    emptyValues.check(given, fed);
    const inputs = this.inputs.flatMap((info) => [info, ...(references[info.name] === undefined ? [] : [{ ...info, name: references[info.name]! }])]);
    return runRows(engine, session, { feeds, inputs, rows, fixedBatch, mostFilled, fetches, signal, ...options });
  }

  /** Whether some gradient is a sum over rows, which more than the one row of one run may take part in. */
  #sumsRows({ wrt, rows, weights }: VjpPlan): boolean {
    return wrt.some((name) => this.#shared.has(name)) && (rows > 1 || weights !== undefined || this.#parts.fixedBatch !== null);
  }

  /** The gradient [N, …] of a value, or that of an input without a batch axis: each run summed its own rows. */
  #gradientOf(runs: readonly FinishedRun[], name: string, { gradients }: CotangentPlan): FloatTensor {
    const result = gradients[name]!;
    return this.#shared.has(name) ? sumTensors(runs.map(({ results }) => asFloat32(results[result]!))) : asFloat32(joined(runs, result));
  }

  /** Once per output: a file that fixes its batch does not show which sizes are rows, so that the first row's score beside others is held against its score alone. */
  async #checkFixedRows(plan: VjpPlan): Promise<void> {
    const { fixedBatch } = this.#parts;
    const key = `rows of ${plan.output.name}`;
    if (fixedBatch === null || fixedBatch === 1 || plan.rows === 1 || this.#vouched.has(key)) return;
    const firstScore = async (rows: number): Promise<number> => {
      const feeds = sliceFeeds(plan.feeds, { start: 0, end: rows }, this.#shared);
      const { scores } = await this.#forward({ ...plan, feeds, rows, targets: plan.targets!.slice(0, rows), outputs: [plan.output.name] });
      return scores[0]!;
    };
    checkAlone(plan.output.name, await firstScore(Math.min(fixedBatch, plan.rows)), await firstScore(1));
    this.#vouched.add(key);
  }

  /** Once per kind of call: a gradient that is zero everywhere is looked into, one that is not vouches for the session. */
  async #checkZeros(plan: VjpPlan, kind: GradientKind, gradients: VjpResult["gradients"], targets: readonly Target[]): Promise<void> {
    const key = JSON.stringify(kind);
    const moving = plan.wrt.filter((name) => plan.feeds[name] !== undefined);
    // A modified rule may well stop everything; its session is built of the same kernels as the standard one.
    if (kind.rule !== "standard" || this.#vouched.has(key) || moving.length === 0) return;
    if (allZero(gradients) && plan.weights?.some((weight) => weight !== 0) !== false && !hasSteps(this.#parts.graph)) {
      const request = { ...plan, targets, outputs: [plan.output.name] };
      await checkZeroGradient(plan.feeds, moving, { engine: this.engine }, async (feeds) => (await this.#forward({ ...request, feeds })).scores);
    }
    this.#vouched.add(key);
  }

  /** The dims of a row of the explained output: from the file, or from a run where it leaves them open. */
  async #rowDims(plan: ForwardPlan): Promise<readonly number[]> {
    const { output, feeds } = plan;
    const known = this.#outputDims.rowDims(output, feeds);
    if (known !== undefined) return known;
    const { outputs } = await this.#forward({ ...plan, outputs: [output.name], targets: undefined });
    return this.#outputDims.note(output, feeds, outputs[output.name]!.dims);
  }

  /** The dims [N, …] of the scored value: its entries lie as the output's do, but its axes may be others. */
  async #dimsOf(name: string, plan: ForwardPlan): Promise<readonly number[]> {
    const [, ...axes] = valueInfo(this.#parts.graph, name).dims;
    if (axes.length > 0 && axes.every((dim) => dim !== null)) return [plan.rows, ...(axes as readonly number[])];
    const { outputs } = await this.#forward({ ...plan, outputs: [name], targets: undefined });
    return outputs[name]!.dims;
  }

  /** A call that is under way when the model is disposed fails as one that comes later. */
  async #whileUsable<T>(call: () => Promise<T>): Promise<T> {
    if (this.#disposed) throw disposedError();
    return call().catch((error: unknown) => {
      throw this.#disposed && isXDeepError(error, "ENGINE_FAILED") ? disposedError(error) : error;
    });
  }
}

/** x′ by the names that the session has for it; nothing for rules that look at one run. */
function referenceFeeds({ reference = {} }: VjpPlan, names: Readonly<Record<string, string>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(names).map(([name, fed]) => [fed, reference[name]!]));
}

/** A gradient that does not depend on the target is there once: each result has its own copy. */
function unshared(gradients: VjpResult["gradients"], first: VjpResult["gradients"]): VjpResult["gradients"] {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, tensor]) => [name, tensor.data === first[name]!.data ? { ...tensor, data: tensor.data.slice() } : tensor]),
  );
}

/** Backward passes that one session holds at most: the graph, and the time until it is ready, grow with each. */
const MOST_TARGETS = 4;

/** An entry, or the row's argmax: what the graph selects by itself. */
function isEntry(target: Target | null): boolean {
  return !hasKey(target, "terms") && !hasKey(target, "max");
}

function hasKey(target: Target | null, key: "max" | "terms"): boolean {
  return typeof target === "object" && target !== null && key in target;
}

/** Pixels after their Cast, or the float inputs without the masks among them; undefined where it is every float input, or none. */
function defaultWrt({ graph, inputs }: OnnxModelParts): readonly string[] | undefined {
  const floats = inputs.filter(({ type }) => isFloatType(type));
  const entries = floats.length === 0 ? castEntries(graph) : floats.filter(({ mask }) => mask !== true).map(({ name }) => name);
  return entries.length === 0 || entries.length === floats.length ? undefined : entries;
}

function innerValuesOf(graph: TypedGraph): InnerValues {
  return {
    get: (name) => (isInnerValue(graph, name) ? valueInfo(graph, name) : undefined),
    names: () => [...graph.producers.keys()].filter((name) => isInnerValue(graph, name)),
    get entries() {
      return entryValues(graph);
    },
    get scores() {
      return [...new Set(graph.graph.output.flatMap(({ name }) => scoreCandidates(graph, name, entryValues(graph))))];
    },
  };
}

/** Gradients [N, …], whose rows were weighted already, or their sum [1, …]. */
function summedOver(gradient: FloatTensor, weights: Float32Array | undefined, rows: number, name: string): FloatTensor {
  if (weights === undefined) return gradient;
  if (gradient.dims[0] !== rows) throw notBatched(name, gradient.dims);
  const size = gradient.data.length / rows;
  const dims = [1, ...gradient.dims.slice(1)];
  return sumTensors(Array.from({ length: rows }, (_, row) => ({ type: "float32" as const, dims, data: gradient.data.subarray(row * size, (row + 1) * size) })));
}
