import {
  type Capabilities,
  type FloatTensor,
  type ForwardRequest,
  type ForwardResult,
  type Model,
  type Score,
  type ScoreResult,
  type Tensor,
  type ValueInfo,
  type VjpRequest,
  type VjpResult,
  XDeepError,
  checkRule,
  float32,
  gatherScores,
  isFloatType,
  isXDeepError,
  resolveOutput,
  resolveTargets,
  resolveWrt,
  validateFeeds,
} from "@xdeep/core";
import { DEFAULT_RECTIFIERS, type RuleSet, type TypedGraph, castEntries, cutAt, embeddings, isInnerValue, scoredValue, withOutputs } from "@xdeep/autodiff";
import { checkBatched, checkComputed, checkCotangent, checkFinite, checkedWeights, noFloatInput } from "./check-request.ts";
import type { Engine } from "./engine.ts";
import { GradientResults } from "./gradient-results.ts";
import { type GradientKind, cotangentSource, gradientSource } from "./gradient-source.ts";
import { OutputDims } from "./output-dims.ts";
import { type EngineRun, joined, notBatched, runRows } from "./run-rows.ts";
import { type Sessions, disposedError } from "./sessions.ts";
import { describeTargets, targetIndices } from "./target-indices.ts";
import { asFloat32, fromFloat32 } from "./tensors.ts";
import { fixedBatch, valueInfo } from "./value-info.ts";
import { VERSION } from "./version.ts";

/** What `loadModel` hands over. */
export interface OnnxModelParts {
  readonly graph: TypedGraph;
  readonly engine: Engine;
  /** Name, version and device of the engine, for provenance. */
  readonly engineName: string;
  readonly sessions: Sessions;
  readonly rules: RuleSet;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly capabilities: Capabilities;
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
  readonly #outputDims = new OutputDims();
  #disposed = false;

  constructor(parts: OnnxModelParts) {
    this.#parts = parts;
    this.engine = parts.engineName;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.capabilities = parts.capabilities;
    const entries = castEntries(parts.graph);
    this.defaultWrt = entries.length === 0 ? undefined : entries;
  }

  forward(request: ForwardRequest): Promise<ForwardResult> {
    return this.#whileUsable(request.signal, () => this.#forward(request));
  }

  vjp(request: VjpRequest): Promise<VjpResult> {
    return this.#whileUsable(request.signal, () => this.#vjp(request));
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#parts.sessions.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #forward(request: ForwardRequest): Promise<ForwardResult> {
    const { feeds, signal, score = "logit" } = request;
    const output = resolveOutput(this.outputs, request.output);
    const cuts = this.#cutsOf(feeds);
    const fetches = this.#checkedOutputs(request.outputs ?? this.#outputNames(cuts));
    const rows = this.#checkedRows(feeds, request.target !== undefined);
    const scored = request.target === undefined ? null : scoredValue(this.#parts.graph, output.name, score).value;
    const wanted = [...new Set([...fetches, ...(scored === null ? [] : [scored])])];
    checkComputed(wanted, cuts);
    const { session } = await this.#parts.sessions.get(`forward ${JSON.stringify([wanted, cuts])}`, () => {
      const cut = cutAt(this.#parts.graph, cuts, wanted);
      return { model: withOutputs(cut, wanted), plan: null };
    });
    const runs = await this.#run(session, feeds, rows, wanted, signal);
    const outputs = Object.fromEntries(fetches.map((name) => [name, joined(runs, name)]));
    if (scored === null) return { outputs, target: [], scores: new Float32Array(0), output: output.name, score };
    const values = asFloat32(joined(runs, scored));
    return { outputs, ...scoresOf(output.name, score, values, request, outputs[output.name]?.dims) };
  }

  async #vjp(request: VjpRequest): Promise<VjpResult> {
    const { feeds, cotangent } = request;
    checkRule(this, request.rule ?? "standard");
    const output = resolveOutput(this.outputs, request.output);
    const cuts = this.#cutsOf(feeds);
    checkComputed([output.name], cuts);
    const wrt = this.#resolvedWrt(request.wrt);
    const rows = this.#checkedRows(feeds, cotangent === undefined);
    const kind: GradientKind = {
      output: output.name,
      score: request.score ?? "logit",
      rule: request.rule ?? "standard",
      rectifiers: request.rectifiers ?? DEFAULT_RECTIFIERS,
      wrt,
      cuts,
    };
    return cotangent === undefined ? this.#explainTarget(request, kind, output, rows) : this.#pullBack(request, kind, output, rows, cotangent);
  }

  async #explainTarget(request: VjpRequest, kind: GradientKind, output: ValueInfo, rows: number): Promise<VjpResult> {
    const { graph, sessions, rules } = this.#parts;
    checkBatched(graph, output.name, rows);
    const rowDims = await this.#rowDims(request, output);
    const target = targetIndices(output, rowDims ?? [], request.target, rows);
    const { session, plan } = await sessions.get(`target ${JSON.stringify(kind)}`, () => gradientSource(graph, rules, kind));
    const weights = checkedWeights(request.weights, rows);
    const gradients = new GradientResults(plan.names, kind.wrt, weights);
    const outputs = this.#outputNames(kind.cuts);
    const feeds = { ...request.feeds, [plan.names.target]: target, [plan.names.weights]: float32([rows], weights ?? new Float32Array(rows).fill(1)) };
    const runs = await this.#run(
      session,
      feeds,
      rows,
      [...outputs, plan.names.index, plan.names.scores, ...gradients.fetches],
      request.signal,
      plan.names.weights,
    );
    const { dims } = joined(runs, output.name);
    if ((dims[0] ?? 1) !== rows) throw notBatched(output.name, dims);
    const scores = asFloat32(joined(runs, plan.names.scores)).data;
    if (rowDims !== null && !this.#outputDims.isStill(output, request.feeds, rowDims, dims)) return this.#explainTarget(request, kind, output, rows);
    checkFinite(scores, output.name);
    return {
      outputs: Object.fromEntries(outputs.map((name) => [name, joined(runs, name)])),
      gradients: gradients.of(runs),
      target: describeTargets(joined(runs, plan.names.index).data as BigInt64Array, dims),
      scores,
      output: output.name,
      score: kind.score,
      rectifiers: plan.rectifiers,
      notes: plan.notes,
    };
  }

  async #pullBack(request: VjpRequest, kind: GradientKind, output: ValueInfo, rows: number, cotangent: FloatTensor): Promise<VjpResult> {
    if (request.target !== undefined && request.target !== null) throw new XDeepError("OPTION_INVALID", "Pass either a cotangent or a target, not both.");
    if (request.weights !== undefined) throw new XDeepError("OPTION_INVALID", "Weights go with a target; scale the rows of the cotangent instead.");
    const { graph, sessions, rules } = this.#parts;
    const { session, plan } = await sessions.get(`cotangent ${JSON.stringify(kind)}`, () => cotangentSource(graph, rules, kind));
    checkCotangent(cotangent, output, rows);
    const outputs = this.#outputNames(kind.cuts);
    const runs = await this.#run(
      session,
      { ...request.feeds, [plan.cotangent]: fromFloat32(cotangent, graph.facts.get(plan.of)?.type ?? "float32") },
      rows,
      [...outputs, ...Object.values(plan.gradients)],
      request.signal,
    );
    return {
      outputs: Object.fromEntries(outputs.map((name) => [name, joined(runs, name)])),
      gradients: Object.fromEntries(kind.wrt.map((name) => [name, joinedFloat(runs, plan.gradients[name]!)])),
      target: [],
      scores: new Float32Array(0),
      output: kind.output,
      score: kind.score,
      rectifiers: plan.rectifiers,
      notes: plan.notes,
    };
  }

  #run(
    session: Parameters<typeof runRows>[1],
    feeds: Readonly<Record<string, Tensor>>,
    rows: number,
    fetches: readonly string[],
    signal: AbortSignal | undefined,
    weights?: string,
  ): Promise<readonly EngineRun[]> {
    return runRows(this.#parts.engine, session, { feeds, rows, fixedBatch: fixedBatch(this.#parts.graph), fetches, weights, signal });
  }

  /** The dims of a row of the explained output where an index must be checked: from the file, or from a run where it leaves them open. Null for an argmax. */
  async #rowDims({ feeds, target, signal }: VjpRequest, output: ValueInfo): Promise<readonly number[] | null> {
    if (target === undefined || target === null) return null;
    const known = this.#outputDims.rowDims(output, feeds);
    if (known !== undefined) return known;
    const { outputs } = await this.forward({ feeds, outputs: [output.name], signal });
    return this.#outputDims.note(output, feeds, outputs[output.name]!.dims);
  }

  /** A call that is under way when the model is disposed fails as one that comes later. */
  async #whileUsable<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    if (this.#disposed) throw disposedError();
    return call().catch((error: unknown) => {
      throw this.#disposed && isXDeepError(error, "ENGINE_FAILED") ? disposedError(error) : error;
    });
  }

  #checkedRows(feeds: Readonly<Record<string, Tensor>>, batched: boolean): number {
    const innerValues = this.#cutsOf(feeds).map((name) => valueInfo(this.#parts.graph, name));
    return validateFeeds(feeds, this.inputs, { innerValues, batched });
  }

  #cutsOf(feeds: Readonly<Record<string, Tensor>>): readonly string[] {
    const inputs = new Set(this.inputs.map(({ name }) => name));
    return Object.keys(feeds)
      .filter((name) => !inputs.has(name) && isInnerValue(this.#parts.graph, name))
      .sort();
  }

  #checkedOutputs(names: readonly string[]): readonly string[] {
    const known = this.outputs.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name) && !isInnerValue(this.#parts.graph, name));
    if (unknown === undefined) return names;
    throw new XDeepError("OUTPUT_UNKNOWN", `The model has no output or inner float value "${unknown}". Its outputs are ${known.join(", ")}.`, {
      details: { output: unknown, outputs: known },
    });
  }

  #outputNames(cuts: readonly string[]): readonly string[] {
    return this.outputs.map(({ name }) => name).filter((name) => !cuts.includes(name));
  }

  #resolvedWrt(names: readonly string[] | undefined): readonly string[] {
    const { graph } = this.#parts;
    const wrt = names ?? this.defaultWrt;
    if (wrt === undefined && this.inputs.every(({ type }) => !isFloatType(type))) throw noFloatInput(this.inputs, embeddings(graph));
    return resolveWrt(this.inputs, wrt, { innerValues: { has: (name) => isInnerValue(graph, name), names: this.#innerNames() } });
  }

  *#innerNames(): Iterable<string> {
    for (const name of this.#parts.graph.producers.keys()) if (isInnerValue(this.#parts.graph, name)) yield name;
  }
}

function scoresOf(output: string, score: Score, values: FloatTensor, { target }: ForwardRequest, dims: readonly number[] | undefined): ScoreResult {
  const resolved = resolveTargets({ name: output, dims: dims ?? values.dims, data: values.data }, target);
  const scores = gatherScores(values.data, resolved.indices);
  checkFinite(scores, output);
  return { target: resolved.targets, scores, output, score };
}

function joinedFloat(runs: readonly EngineRun[], name: string): FloatTensor {
  return asFloat32(joined(runs, name));
}
