import {
  type Capabilities,
  type FloatTensor,
  type ForwardRequest,
  type ForwardResult,
  type Model,
  type RowRange,
  type Rule,
  type Tensor,
  type ValueInfo,
  type VjpRequest,
  type VjpResult,
  XDeepError,
  betweenRuns,
  checkExplainOptions,
  checkRule,
  concatRows,
  expandTargets,
  nearestNames,
  resolveOutput,
  resolveWrt,
  sliceRows,
  sumTensors,
  validateFeeds,
  validateTensor,
} from "@xdeep/core";
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";

import { backwardPass } from "./tape/backward-pass.ts";
import { chunkRanges, feedsOf, joinOutputs } from "./chunks.ts";
import type { FilterCache } from "./formulas/filter-cache.ts";
import { forwardPass } from "./tape/forward-pass.ts";
import type { Network } from "./networks/network.ts";
import { DEFAULT_RECTIFIERS, checkRectifiers } from "./tape/rectifier.ts";
import { type ScorePlan, type Scored, checkCotangent, joinScores, oneHot, readScores } from "./tape/scoring.ts";
import { download } from "./engine/transfer.ts";
import { VERSION } from "./version.ts";
import { withBackend } from "./engine/with-backend.ts";

export interface TfjsModelOptions {
  readonly network: Network;
  /** Name of the TensorFlow.js backend that the model runs on. */
  readonly backendName: string;
  /** As in `Model.engine`. */
  readonly engine: string;
  readonly gpu: boolean;
  readonly outputs: readonly ValueInfo[];
  readonly preferredBatch: number;
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
  readonly #cache: FilterCache;
  #isDisposed = false;

  constructor({ network, backendName, engine, gpu, outputs, preferredBatch, cache }: TfjsModelOptions) {
    const fixedBatch = network.inputs.map(({ dims }) => dims[0]).find((size) => typeof size === "number") ?? null;
    this.engine = engine;
    this.inputs = network.inputs;
    this.outputs = outputs;
    this.capabilities = {
      rules: ["standard", "guided", "deconvnet"],
      innerValues: false,
      logits: true,
      gpu,
      maxBatch: fixedBatch,
      preferredBatch: fixedBatch ?? preferredBatch,
    };
    this.#network = network;
    this.#backendName = backendName;
    this.#cache = cache;
  }

  async forward(request: ForwardRequest): Promise<ForwardResult> {
    this.#checkUsable(request.signal);
    const { feeds, target, score = "logit", signal } = request;
    const rows = validateFeeds(feeds, this.inputs, { batched: target !== undefined });
    checkExplainOptions({ score }, rows);
    const names = this.#outputNames(request.outputs);
    const output = target === undefined && request.output === undefined ? names[0]! : resolveOutput(this.outputs, request.output).name;
    const targets = target === undefined ? undefined : expandTargets(target, rows);
    const parts = await this.#inChunks(Object.values(feeds), rows, signal, async (range) => {
      const pass = this.#run(() => forwardPass(this.#network, feedsOf(feeds, range), []));
      try {
        const outputs = await downloadAll(names.map((name) => [name, pass.outputs[name]!]));
        return { outputs, scored: await readScores(pass, { output, score, targets: targets?.slice(range?.start, range?.end) }) };
      } finally {
        pass.dispose();
      }
    });
    return {
      outputs: joinOutputs(parts.map(({ outputs }) => outputs)),
      ...joinScores(
        parts.map(({ scored }) => scored),
        { output, score },
      ),
    };
  }

  async vjp(request: VjpRequest): Promise<VjpResult> {
    this.#checkUsable(request.signal);
    const plan = this.#planVjp(request);
    const { feeds, cotangent, signal } = request;
    const values = cotangent === undefined ? Object.values(feeds) : [...Object.values(feeds), cotangent];
    const parts = await this.#inChunks(values, plan.rows, signal, (range) => this.#vjpOf(request, plan, range));
    const merge = request.weights === undefined ? concatRows : sumTensors;
    return {
      outputs: joinOutputs(parts.map(({ outputs }) => outputs)),
      gradients: Object.fromEntries(plan.wrt.map((name) => [name, merge(parts.map(({ gradients }) => gradients[name] as FloatTensor))])),
      rectifiers: parts[0]!.rectifiers,
      ...joinScores(
        parts.map(({ scored }) => scored),
        plan,
      ),
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

  #planVjp({ feeds, cotangent, target, weights, rule = "standard", rectifiers = DEFAULT_RECTIFIERS, score = "logit", ...request }: VjpRequest): VjpPlan {
    checkRule(this, rule);
    checkRectifiers(rectifiers);
    const rows = validateFeeds(feeds, this.inputs, { batched: cotangent === undefined || weights !== undefined });
    checkExplainOptions({ score, weights }, rows);
    const info = resolveOutput(this.outputs, request.output);
    if (cotangent !== undefined) {
      if (target !== undefined && target !== null)
        throw new XDeepError("OPTION_INVALID", "Pass either `cotangent` or `target`: each says what is explained.", { details: { option: "cotangent" } });
      validateTensor(cotangent, { ...info, name: `cotangent of ${info.name}` });
    }
    const targets = cotangent === undefined ? expandTargets(target, rows) : undefined;
    return { rows, rule, rectifiers, score, output: info.name, targets, wrt: resolveWrt(this.inputs, request.wrt) };
  }

  /** One run forward and back. Between the two the scores are read, and nothing global is held meanwhile. */
  async #vjpOf({ feeds, cotangent, weights, signal }: VjpRequest, plan: VjpPlan, range: RowRange | undefined): Promise<VjpPart> {
    const pass = this.#run(() => forwardPass(this.#network, feedsOf(feeds, range), plan.wrt));
    try {
      const outputs = await downloadAll(Object.entries(pass.outputs));
      const scored = await readScores(pass, { ...plan, targets: plan.targets?.slice(range?.start, range?.end) });
      this.#checkUsable(signal);
      const dims = pass.outputs[plan.output]!.shape;
      const given = cotangent === undefined || range === undefined ? cotangent : sliceRows(cotangent, range.start, range.end);
      if (given !== undefined) checkCotangent(given, plan.output, dims);
      const { gradients, rectifiers } = this.#run(() =>
        backwardPass(pass, {
          scored: pass.scored(plan.output, plan.score),
          cotangent: given ?? oneHot(dims, scored.indices),
          rule: plan.rule,
          rectifiers: plan.rectifiers,
          weights: weights?.subarray(range?.start ?? 0, range?.end),
          cache: this.#cache,
        }),
      );
      this.#cache.sweep();
      try {
        return { outputs, scored, gradients: await downloadAll([...gradients]), rectifiers };
      } finally {
        for (const gradient of gradients.values()) gradient.dispose();
      }
    } finally {
      pass.dispose();
    }
  }

  async #inChunks<T>(
    values: readonly Tensor[],
    rows: number,
    signal: AbortSignal | undefined,
    run: (range: RowRange | undefined) => Promise<T>,
  ): Promise<readonly T[]> {
    const parts: T[] = [];
    for (const range of chunkRanges(values, [...this.inputs, ...this.outputs], rows, this.capabilities.preferredBatch)) {
      if (parts.length > 0) await betweenRuns(signal);
      this.#checkUsable(signal);
      parts.push(await run(range));
    }
    return parts;
  }

  #run<T>(run: () => T): T {
    return withBackend(this.#backendName, run);
  }

  #outputNames(names: readonly string[] | undefined): readonly string[] {
    const known = this.outputs.map(({ name }) => name);
    const unknown = names?.filter((name) => !known.includes(name)) ?? [];
    if (unknown.length === 0) return names ?? known;
    throw new XDeepError(
      "OUTPUT_UNKNOWN",
      `The model has no output "${unknown.join('", "')}". Its outputs are ${known.map((name) => `"${name}"`).join(", ")}.`,
      {
        details: { unknown, outputs: known, nearest: nearestNames(unknown[0]!, known) },
      },
    );
  }

  #checkUsable(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#isDisposed) throw new XDeepError("MODEL_DISPOSED", "The model was disposed. Load it again to use it.");
  }
}

interface VjpPlan extends ScorePlan {
  readonly rows: number;
  readonly rule: Rule;
  readonly rectifiers: readonly string[];
  readonly wrt: readonly string[];
}

interface VjpPart {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly gradients: Readonly<Record<string, Tensor>>;
  readonly scored: Scored;
  readonly rectifiers: number;
}

async function downloadAll(values: readonly (readonly [string, TfTensor])[]): Promise<Readonly<Record<string, Tensor>>> {
  return Object.fromEntries(await Promise.all(values.map(async ([name, tensor]) => [name, await download(tensor)] as const)));
}
