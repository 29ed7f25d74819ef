import type { Capabilities, FloatTensor, ForwardRequest, ForwardResult, Model, RectifierRule, Tensor, ValueInfo, VjpRequest, VjpResult } from "@xdeep/core";
import { XDeepError } from "@xdeep/core";
import {
  type EngineRun,
  type ForwardPlan,
  type VjpPlan,
  betweenRuns,
  engineRuns,
  joinRuns,
  planForward,
  planVjp,
  ruleName,
  sumTensors,
  targetCotangent,
  withoutPadding,
} from "@xdeep/core/backend";
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";

import { withBackend } from "./engine/with-backend.ts";
import type { FilterCache } from "./formulas/filter-cache.ts";
import type { RuleSet } from "./gradients/rule-set.ts";
import type { Network } from "./networks/network.ts";
import { backwardPass } from "./tape/backward-pass.ts";
import { forwardPass } from "./tape/forward-pass.ts";
import { RECTIFIER_NAMES } from "./tape/rectifier.ts";
import { type Scored, checkCotangent, joinScores, readScores } from "./tape/scoring.ts";
import { download } from "./engine/transfer.ts";
import { VERSION } from "./version.ts";

export interface TfjsModelOptions {
  readonly network: Network;
  /** Name of the TensorFlow.js backend that the model runs on. */
  readonly backendName: string;
  /** As in `Model.engine`. */
  readonly engine: string;
  readonly gpu: boolean;
  /** As callers see them: the batch axis open. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The batch size that the model fixes; null where any goes. */
  readonly fixedBatch: number | null;
  readonly preferredBatch: number;
  readonly rules: RuleSet;
  readonly cache: FilterCache;
}

/** A TensorFlow.js network behind the contract. Made by `loadModel`. */
export class TfjsModel implements Model {
  readonly backend = "tfjs";
  readonly contractVersion = 1;
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>> = { "@xdeep/tfjs": VERSION };
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly capabilities: Capabilities;
  readonly #network: Network;
  readonly #backendName: string;
  readonly #fixedBatch: number | null;
  readonly #rules: RuleSet;
  readonly #cache: FilterCache;
  #isDisposed = false;

  constructor({ network, backendName, engine, gpu, inputs, outputs, fixedBatch, preferredBatch, rules, cache }: TfjsModelOptions) {
    this.engine = engine;
    this.inputs = inputs;
    this.outputs = outputs;
    this.capabilities = {
      rules: ["standard", "guided", "deconvnet"],
      rectifiers: RECTIFIER_NAMES,
      innerValues: false,
      logits: true,
      gpu,
      maxBatch: null,
      preferredBatch: fixedBatch ?? preferredBatch,
    };
    this.#network = network;
    this.#backendName = backendName;
    this.#fixedBatch = fixedBatch;
    this.#rules = rules;
    this.#cache = cache;
  }

  async forward(request: ForwardRequest): Promise<ForwardResult> {
    this.#checkUsable();
    const plan = planForward(this, request);
    const parts = await this.#inRuns(plan, plan.feeds, async (run) => {
      const pass = this.#run(() => forwardPass(this.#network, run.feeds, [], this.#rules));
      try {
        const outputs = await downloadAll(plan.outputs.map((name) => [name, pass.outputs[name]!]));
        return { outputs: withoutPadding(outputs, run), scored: await readScores(pass, plan, run) };
      } finally {
        pass.dispose();
      }
    });
    return { outputs: joinAll(parts, "outputs"), ...joinScores(parts, plan) };
  }

  async vjp(request: VjpRequest): Promise<VjpResult> {
    this.#checkUsable();
    const plan = planVjp(this, request);
    const { feeds, cotangent, weights, wrt } = plan;
    const parts = await this.#inRuns(plan, cotangent === undefined ? feeds : { ...feeds, [COTANGENT]: cotangent }, (run) => this.#vjpOf(plan, run));
    return {
      outputs: joinAll(parts, "outputs"),
      gradients: (weights === undefined
        ? joinAll(parts, "gradients")
        : Object.fromEntries(wrt.map((name) => [name, sumTensors(parts.map(({ gradients }) => gradients[name] as FloatTensor))]))) as VjpResult["gradients"],
      rectifiers: parts[0]!.rectifiers,
      ...joinScores(parts, plan),
    };
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#cache.dispose();
    this.#network.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** One run forward and back. Between the two the scores are read, and nothing global is held meanwhile. */
  async #vjpOf(plan: VjpPlan, run: EngineRun): Promise<VjpPart> {
    const { [COTANGENT]: cotangent, ...feeds } = run.feeds;
    const pass = this.#run(() => forwardPass(this.#network, feeds, plan.wrt, this.#rules));
    try {
      const outputs = await downloadAll(plan.outputs.map((name) => [name, pass.outputs[name]!]));
      const scored = await readScores(pass, plan, run);
      plan.signal?.throwIfAborted();
      this.#checkUsable();
      const { shape } = pass.outputs[plan.output.name]!;
      if (cotangent !== undefined) checkCotangent(cotangent, plan.output.name, shape);
      const { gradients, rectifiers } = this.#run(() =>
        backwardPass(pass, {
          // A cotangent is that of the output itself, whatever the score of targets is.
          scored: pass.scored(plan.output.name, cotangent === undefined ? plan.score : "probability"),
          cotangent: (cotangent as FloatTensor | undefined) ?? targetCotangent(shape, scored.entries),
          rule: ruleName(plan.rule) as RectifierRule,
          rectifiers: plan.rectifiers,
          weights: weightsOf(plan, run),
          cache: this.#cache,
        }),
      );
      this.#cache.sweep();
      try {
        const downloaded = await downloadAll([...gradients]);
        return {
          rows: run.rows,
          outputs: withoutPadding(outputs, run),
          scored,
          gradients: plan.weights === undefined ? withoutPadding(downloaded, run) : downloaded,
          rectifiers,
        };
      } finally {
        for (const gradient of gradients.values()) gradient.dispose();
      }
    } finally {
      pass.dispose();
    }
  }

  async #inRuns<T>(
    { rows, signal }: ForwardPlan,
    feeds: Readonly<Record<string, Tensor>>,
    run: (part: EngineRun) => Promise<T>,
  ): Promise<readonly (T & Pick<EngineRun, "rows">)[]> {
    const parts: (T & Pick<EngineRun, "rows">)[] = [];
    // An output whose first axis is no open batch cannot be joined, so its rows stay in one run.
    const joinable = this.outputs.every(({ dims }) => dims.length > 0 && dims[0] === null);
    const size = joinable ? this.capabilities.preferredBatch : rows;
    for (const part of engineRuns(feeds, { inputs: this.inputs, rows, size, fixedBatch: this.#fixedBatch })) {
      if (parts.length > 0) await betweenRuns(signal);
      this.#checkUsable();
      parts.push({ ...(await run(part)), rows: part.rows });
    }
    return parts;
  }

  #run<T>(run: () => T): T {
    return withBackend(this.#backendName, run);
  }

  #checkUsable(): void {
    if (this.#isDisposed) throw new XDeepError("MODEL_DISPOSED", "The model was disposed. Load it again to use it.");
  }
}

/** Name under which a cotangent travels with the feeds, so that its rows are split as theirs are. No input is called so. */
const COTANGENT = "\0cotangent";

interface VjpPart extends Pick<EngineRun, "rows"> {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly gradients: Readonly<Record<string, Tensor>>;
  readonly scored: Scored;
  readonly rectifiers: number;
}

/** The weights of the rows of a run; rows that only fill a fixed batch weigh nothing. */
function weightsOf({ weights }: VjpPlan, { rows, padding }: EngineRun): Float32Array | undefined {
  if (weights === undefined) return undefined;
  const padded = new Float32Array(rows.end - rows.start + padding);
  padded.set(weights.subarray(rows.start, rows.end));
  return padded;
}

function joinAll<K extends "outputs" | "gradients">(
  parts: readonly (Readonly<Record<K, Readonly<Record<string, Tensor>>>> & Pick<EngineRun, "rows">)[],
  key: K,
): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(
    Object.keys(parts[0]![key]).map((name) => [
      name,
      joinRuns(
        name,
        parts.map((part) => ({ rows: part.rows, result: part[key][name]! })),
      ),
    ]),
  );
}

async function downloadAll(values: readonly (readonly [string, TfTensor])[]): Promise<Readonly<Record<string, Tensor>>> {
  return Object.fromEntries(await Promise.all(values.map(async ([name, tensor]) => [name, await download(tensor)] as const)));
}
