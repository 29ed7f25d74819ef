import type { AttentionInfo, Capabilities, ForwardRequest, ForwardResult, LayerInfo, Model, ValueInfo, VjpRequest, VjpResult } from "@xdeep/core";
import { XDeepError } from "@xdeep/core";
import {
  type ForwardPlan,
  type InnerValues,
  type VjpPlan,
  ZeroGradientCheck,
  RULES,
  disposedError,
  joinRecords,
  planForward,
  planVjp,
  resolveOutput,
  sharedInputs,
  valuesToName,
} from "@xdeep/core/backend";

import { withBackend } from "../engine/with-backend.ts";
import { innerValues } from "../networks/inner/inner-values.ts";
import { RECTIFIER_NAMES } from "../tape/rectifier.ts";
import { joinScores } from "../tape/scoring.ts";
import { VERSION } from "../version.ts";
import { Inside } from "./inside.ts";
import { joinGradients, pulledOf } from "./join-parts.ts";
import { joinFeeds } from "./pass-feeds.ts";
import { Passes, RELEVANCE, targetsOf } from "./passes.ts";
import { SplitRuns } from "./split-runs.ts";
import type { TfjsModelParts } from "./tfjs-model-parts.ts";
import { defaultSources } from "./try-network.ts";

/** A TensorFlow.js network behind the contract. Made by `loadModel`. */
export class TfjsModel implements Model {
  readonly backend = "tfjs";
  readonly contractVersion = 1;
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>> = { "@xdeep/tfjs": VERSION };
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly capabilities: Capabilities;
  readonly defaultWrt: readonly string[] | undefined;
  readonly entryValues: readonly string[] | undefined;
  readonly #parts: TfjsModelParts;
  readonly #innerValues: InnerValues | undefined;
  readonly #shared: ReadonlySet<string>;
  readonly #zeros = new ZeroGradientCheck();
  readonly #inside: Inside;
  readonly #passes: Passes;
  readonly #runs: SplitRuns;
  #isDisposed = false;

  constructor(parts: TfjsModelParts) {
    const { engine, inputs, outputs, network, fixedBatch, mixing, trial } = parts;
    this.engine = engine.description;
    this.inputs = inputs;
    this.outputs = outputs;
    this.capabilities = {
      rules: [...RULES, ...RELEVANCE],
      rectifiers: RECTIFIER_NAMES,
      innerValues: network.inner !== undefined && trial.feeds !== null,
      logits: true,
      severalTargets: true,
      gpu: engine.gpu,
      maxBatch: null,
      // Methods give a network whose rows depend on each other one at a time.
      preferredBatch: mixing === null ? (fixedBatch ?? trial.preferredBatch) : 1,
    };
    const sources = defaultSources(network);
    this.defaultWrt = sources.length === 0 || inputs.some(({ name }) => name === sources[0]) ? undefined : sources;
    this.#parts = parts;
    this.#shared = sharedInputs(inputs);
    const inEngine = <T>(run: () => T): T => withBackend(engine.backendName, run);
    const checkUsable = (): void => this.#checkUsable();
    this.#inside = new Inside(parts, this.#shared, inEngine);
    this.#passes = new Passes(parts, { shared: this.#shared, inEngine, checkUsable });
    this.#runs = new SplitRuns({ inputs, outputs, fixedBatch, mixing, preferredBatch: this.capabilities.preferredBatch, checkUsable });
    this.#innerValues = network.inner && trial.feeds !== null ? innerValues(network.inner, () => this.#inside.look().infos) : undefined;
    this.entryValues = valuesToName(this, this.#innerValues);
  }

  async layers({ output }: Pick<ForwardRequest, "output"> = {}): Promise<readonly LayerInfo[]> {
    this.#checkUsable();
    return this.#innerValues === undefined ? [] : this.#inside.lookLarge().layers(output ?? resolveOutput(this.outputs).name);
  }

  async attention(): Promise<readonly AttentionInfo[]> {
    this.#checkUsable();
    return this.#innerValues === undefined ? [] : this.#inside.look().attention;
  }

  async forward(request: ForwardRequest): Promise<ForwardResult> {
    this.#checkUsable();
    const plan = planForward(this, request, this.#innerValues);
    if (plan.targets !== undefined) this.#checkRowsApart(plan);
    return this.#forward(plan);
  }

  async #forward(plan: ForwardPlan): Promise<ForwardResult> {
    const parts = await this.#runs.each(plan, plan.feeds, (run) => this.#passes.forward(plan, run));
    return { outputs: joinRecords(parts.map(({ rows, outputs }) => ({ rows, result: outputs }))), ...joinScores(parts, plan) };
  }

  async vjp(request: VjpRequest): Promise<VjpResult> {
    this.#checkUsable();
    const plan = planVjp(this, request, this.#innerValues);
    if (plan.targets !== undefined) this.#checkRowsApart(plan);
    const parts = await this.#runs.each(plan, joinFeeds(plan), (run) => this.#passes.vjp(plan, run));
    const { rectifiers, isReached } = parts[0]!;
    const perTarget = targetsOf(plan).map((_, k) => {
      const own = pulledOf(parts, k);
      return { ...joinScores(own, plan), gradients: joinGradients(own, plan, this.#shared) };
    });
    const result = {
      ...perTarget[0]!,
      outputs: joinRecords(parts.map(({ rows, outputs }) => ({ rows, result: outputs }))),
      rectifiers,
      ...(plan.targetLists === undefined ? {} : { perTarget: perTarget.map(({ target, scores, gradients }) => ({ target, scores, gradients })) }),
    };
    await this.#zeros.check(plan, result, {
      kind: JSON.stringify([plan.output.name, plan.score, plan.wrt, plan.fed]),
      hasSteps: () => parts[0]!.hasSteps,
      engine: { engine: this.engine, reason: ZERO_REASON },
      forward: (again) => this.#forward(again),
    });
    return isReached ? result : { ...result, notes: [this.#unreachedNote(plan)] };
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#parts.cache.dispose();
    this.#parts.network.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #unreachedNote({ output, wrt }: VjpPlan): string {
    const entries = this.#innerValues?.entries ?? [];
    const todo = entries.length === 0 ? "" : ` Explain an inner value instead, such as "${entries[0]}".`;
    return `No gradient path leads from "${output.name}" to ${quote(wrt)}: what the score takes from it goes through integers or steps, or not at all.${todo}`;
  }

  #checkRowsApart({ output, rows }: ForwardPlan): void {
    const { mixing, fixedBatch } = this.#parts;
    if (mixing === null || (rows === 1 && (fixedBatch ?? 1) === 1)) return;
    throw new XDeepError(
      "BATCH_INVALID",
      `The network ${mixing}, so that the score of a row in "${output.name}" may depend on the others. Explain one row at a time.`,
      {
        details: { output: output.name, rows },
      },
    );
  }

  #checkUsable(): void {
    if (this.#isDisposed) throw disposedError();
  }
}

const ZERO_REASON =
  "a kernel failed without an error, or the function read values (dataSync) and went on from them, which no gradient follows. Run the model on another engine.";

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
