import type { AttentionInfo, Capabilities, ForwardRequest, ForwardResult, LayerInfo, Model, Target, ValueInfo, VjpRequest, VjpResult } from "@xdeep/core";
import { isXDeepError } from "@xdeep/core";
import {
  type InnerValues,
  type VjpPlan,
  ZeroGradientCheck,
  betweenRuns,
  disposedError,
  joinTargets,
  planForward,
  planVjp,
  resolveOutput,
  runPerTarget,
  sliceFeeds,
  splitRows,
  valuesToName,
} from "@xdeep/core/backend";
import { type TypedGraph, attentionMaps, camLayers, castEntries, entryValues, isInnerValue, scoreCandidates } from "@xdeep/autodiff";
import { isFloatType } from "@xdeep/onnx";
import { checkAlone, checkBatched, checkRowsApart } from "./network/check-batched.ts";
import { explainEntries } from "./gradients/explain-entries.ts";
import { explainTerms, pullBack } from "./gradients/from-cotangent.ts";
import type { GradientKind } from "./gradients/gradient-source.ts";
import { NetworkRuns, type RunnableNetwork } from "./network/network-runs.ts";
import { valueInfo } from "./network/value-info.ts";
import { VERSION } from "./version.ts";
import { hasSteps } from "./network/has-steps.ts";

/** What `loadModel` hands over. */
export interface OnnxModelParts extends RunnableNetwork {
  /** Name, version and device of the engine, for provenance. */
  readonly engineName: string;
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
  readonly entryValues: readonly string[] | undefined;
  readonly #network: NetworkRuns;
  readonly #innerValues: InnerValues;
  readonly #zeros = new ZeroGradientCheck();
  /** Outputs of a fixed batch whose rows were seen to be apart. */
  readonly #apart = new Set<string>();
  #disposed = false;

  constructor(parts: OnnxModelParts) {
    this.engine = parts.engineName;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.capabilities = parts.capabilities;
    this.defaultWrt = defaultWrt(parts);
    this.#network = new NetworkRuns(parts);
    this.#innerValues = innerValuesOf(parts.graph);
    this.entryValues = valuesToName(this, this.#innerValues);
  }

  async layers({ output }: Pick<ForwardRequest, "output"> = {}): Promise<readonly LayerInfo[]> {
    const { graph } = this.#network;
    const [input] = entryValues(graph);
    if (input === undefined) return [];
    const found = camLayers(graph, output ?? resolveOutput(this.outputs).name, input);
    return found.map(({ name, channelAxis }) => ({ ...valueInfo(graph, name), channelAxis }));
  }

  async attention(): Promise<readonly AttentionInfo[]> {
    const { graph } = this.#network;
    return attentionMaps(graph).map(({ name, headsAxis }) => ({ ...valueInfo(graph, name), headsAxis }));
  }

  forward(request: ForwardRequest): Promise<ForwardResult> {
    return this.#whileUsable(() => this.#network.forward(planForward(this, request, this.#innerValues)));
  }

  vjp(request: VjpRequest): Promise<VjpResult> {
    return this.#whileUsable(() => this.#vjp(planVjp(this, request, this.#innerValues)));
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#network.sessions.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
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
    const { graph, shared, fixedBatch } = this.#network;
    // The cotangent of an output that is known to have no batch axis is that of all rows together, which one run holds.
    const isWhole = plan.cotangent !== undefined && plan.output.batched === false && (fixedBatch === null || fixedBatch === plan.rows);
    if (!isWhole) checkBatched(graph, plan.output.name, plan.rows, shared);
    if (plan.cotangent !== undefined) return pullBack(this.#network, plan, kind, plan.cotangent);
    checkRowsApart(graph, plan.output.name, plan.rows, plan.wrt);
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
      const { target } = await this.#network.forward({ ...plan, outputs: [plan.output.name] });
      return this.#explain({ ...plan, targets: target }, kind);
    }
    const isPlain = targets.every(isEntry) && !this.#sumsRows(plan);
    return isPlain ? (await this.#explainEntries(plan, kind, [targets]))[0]! : explainTerms(this.#network, plan, kind);
  }

  /** One entry per row, for each of several targets. */
  async #explainEntries(plan: VjpPlan, kind: GradientKind, lists: readonly (readonly (Target | null)[])[]): Promise<readonly VjpResult[]> {
    const results = await explainEntries(this.#network, plan, kind, lists);
    await this.#zeros.check(plan, results[0]!, {
      kind: JSON.stringify(kind),
      hasSteps: () => hasSteps(this.#network.graph),
      engine: { engine: this.engine },
      forward: (request) => this.#network.forward(request),
    });
    return results;
  }

  /** Whether some gradient is a sum over rows, which more than the one row of one run may take part in. */
  #sumsRows({ wrt, rows, weights }: VjpPlan): boolean {
    const { axisOf, fixedBatch } = this.#network;
    return wrt.some((name) => axisOf(name) === null) && (rows > 1 || weights !== undefined || fixedBatch !== null);
  }

  /** Once per output: a file that fixes its batch does not show which sizes are rows, so that the first row's score beside others is held against its score alone. */
  async #checkFixedRows(plan: VjpPlan): Promise<void> {
    const { fixedBatch } = this.#network;
    const { name } = plan.output;
    if (fixedBatch === null || fixedBatch === 1 || plan.rows === 1 || this.#apart.has(name)) return;
    const firstScore = async (rows: number): Promise<number> => {
      const feeds = sliceFeeds(plan.feeds, { start: 0, end: rows }, this.inputs);
      const { scores } = await this.#network.forward({ ...plan, feeds, rows, targets: plan.targets!.slice(0, rows), outputs: [name] });
      return scores[0]!;
    };
    checkAlone(name, await firstScore(Math.min(fixedBatch, plan.rows)), await firstScore(1));
    this.#apart.add(name);
  }

  /** A call that is under way when the model is disposed fails as one that comes later. */
  async #whileUsable<T>(call: () => Promise<T>): Promise<T> {
    if (this.#disposed) throw disposedError();
    return call().catch((error: unknown) => {
      throw this.#disposed && isXDeepError(error, "ENGINE_FAILED") ? disposedError(error) : error;
    });
  }
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
