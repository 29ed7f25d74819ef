import type {
  AttentionInfo,
  Capabilities,
  FloatTensor,
  ForwardRequest,
  ForwardResult,
  LayerInfo,
  Model,
  Tensor,
  ValueInfo,
  VjpRequest,
  VjpResult,
} from "@xdeep/core";
import { XDeepError, isXDeepError } from "@xdeep/core";
import {
  type EngineRun,
  type ForwardPlan,
  type InnerValues,
  type VjpPlan,
  ZeroGradientCheck,
  RULES,
  betweenRuns,
  disposedError,
  engineRuns,
  joinRecords,
  planForward,
  planVjp,
  resolveOutput,
  ruleName,
  sharedInputs,
  targetCotangent,
} from "@xdeep/core/backend";

import type { ChosenEngine } from "../engine/choose-engine.ts";
import { downloadAll } from "../engine/transfer.ts";
import { withBackend } from "../engine/with-backend.ts";
import type { FilterCache } from "../formulas/filter-cache.ts";
import type { RuleSet } from "../gradients/rule-set.ts";
import { innerValues } from "../networks/inner/inner-values.ts";
import { type InnerLook, lookInside } from "../networks/inner/look-inside.ts";
import type { Network } from "../networks/network.ts";
import { type Trial, defaultSources, trialFeeds } from "./try-network.ts";
import { type Part, type Pulled, joinGradients, ownRows, pulledOf } from "./join-parts.ts";
import { type BackwardPassOptions, backwardPass } from "../tape/backward-pass.ts";
import { type ForwardPassOptions, type ForwardPass, forwardPass } from "../tape/forward-pass.ts";
import { RECTIFIER_NAMES } from "../tape/rectifier.ts";
import { checkCotangent, joinScores, readScores } from "../tape/scoring.ts";
import { VERSION } from "../version.ts";

export interface TfjsModelParts {
  readonly network: Network;
  readonly engine: ChosenEngine;
  /** As callers see them: the batch axis open. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The batch size that the model fixes; null where any goes. */
  readonly fixedBatch: number | null;
  /** What keeps rows from being explained together; null where nothing does. */
  readonly mixing: string | null;
  readonly trial: Trial;
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
  readonly defaultWrt: readonly string[] | undefined;
  readonly #parts: TfjsModelParts;
  readonly #innerValues: InnerValues | undefined;
  readonly #shared: ReadonlySet<string>;
  readonly #zeros = new ZeroGradientCheck();
  #look: InnerLook | undefined;
  #largeLook: InnerLook | undefined;
  #takesOneRow = false;
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
    this.#innerValues = network.inner && trial.feeds !== null ? innerValues(network.inner, () => this.#inside().infos) : undefined;
  }

  async layers({ output }: Pick<ForwardRequest, "output"> = {}): Promise<readonly LayerInfo[]> {
    this.#checkUsable();
    return this.#innerValues === undefined ? [] : this.#insideLarge().layers(output ?? resolveOutput(this.outputs).name);
  }

  async attention(): Promise<readonly AttentionInfo[]> {
    this.#checkUsable();
    return this.#innerValues === undefined ? [] : this.#inside().attention;
  }

  async forward(request: ForwardRequest): Promise<ForwardResult> {
    this.#checkUsable();
    const plan = planForward(this, request, this.#innerValues);
    if (plan.targets !== undefined) this.#checkRowsApart(plan);
    return this.#forward(plan);
  }

  async #forward(plan: ForwardPlan): Promise<ForwardResult> {
    const parts = await this.#inRuns(plan, plan.feeds, async (run) => {
      const pass = this.#forwardPass(plan, run.feeds, []);
      try {
        const outputs = await downloadAll(plan.outputs.map((name) => [name, pass.outputs[name]!]));
        return { outputs: ownRows(outputs, run), scored: await readScores(pass, plan, run) };
      } finally {
        pass.dispose();
      }
    });
    return { outputs: joinRecords(parts.map(({ rows, outputs }) => ({ rows, result: outputs }))), ...joinScores(parts, plan) };
  }

  async vjp(request: VjpRequest): Promise<VjpResult> {
    this.#checkUsable();
    const plan = planVjp(this, request, this.#innerValues);
    if (plan.targets !== undefined) this.#checkRowsApart(plan);
    const { cotangent, reference = {} } = plan;
    const others = Object.fromEntries(Object.entries(reference).map(([name, tensor]) => [REFERENCE + name, tensor]));
    const feeds = { ...plan.feeds, ...others, ...(cotangent === undefined ? {} : { [COTANGENT]: cotangent }) };
    const parts = await this.#inRuns(plan, feeds, (run) => this.#vjpOf(plan, run));
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

  /** One run forward, and back for each target. Between them the scores are read, and nothing global is held meanwhile. */
  async #vjpOf(plan: VjpPlan, run: EngineRun): Promise<Omit<Part, "rows">> {
    const { [COTANGENT]: cotangent, ...fed } = run.feeds;
    const isOther = (name: string): boolean => name.startsWith(REFERENCE);
    const feeds = Object.fromEntries(Object.entries(fed).filter(([name]) => !isOther(name)));
    const relevance = RELEVANCE.includes(ruleName(plan.rule));
    const pass = this.#forwardPass(plan, feeds, plan.wrt, relevance);
    let other: ForwardPass | undefined;
    try {
      if (plan.reference !== undefined) {
        const others = Object.entries(fed).flatMap(([name, tensor]) => (isOther(name) ? [[name.slice(REFERENCE.length), tensor] as const] : []));
        other = this.#forwardPass(plan, Object.fromEntries(others), plan.wrt, relevance);
      }
      const outputs = await downloadAll(plan.outputs.map((name) => [name, pass.outputs[name]!]));
      const scores = await Promise.all(targetsOf(plan).map((targets) => readScores(pass, { ...plan, targets }, run)));
      plan.signal?.throwIfAborted();
      this.#checkUsable();
      const { shape } = pass.outputs[plan.output.name]!;
      if (cotangent !== undefined) checkCotangent(cotangent, plan.output.name, shape);
      const { hasSteps } = pass.recording;
      const pulled: Pulled[] = [];
      const facts: Pick<Part, "rectifiers" | "isReached">[] = [];
      for (const [k, scored] of scores.entries()) {
        if (k > 0) await betweenRuns(plan.signal);
        this.#checkUsable();
        const start = (cotangent as FloatTensor | undefined) ?? targetCotangent(shape, scored.entries);
        const { gradients, ...fact } = await this.#pullBack(plan, run, {
          pass,
          reference: other,
          isRelevance: relevance,
          cotangent: start,
          isReadAgain: k + 1 < scores.length,
        });
        pulled.push({ scored, gradients });
        facts.push(fact);
      }
      return { outputs: ownRows(outputs, run), pulled, hasSteps, ...facts[0]! };
    } finally {
      other?.dispose();
      pass.dispose();
    }
  }

  /** One run back, whose gradients leave the engine. */
  async #pullBack(
    plan: VjpPlan,
    run: EngineRun,
    { pass, ...back }: { readonly pass: ForwardPass } & Pick<BackwardPassOptions, "cotangent" | "isReadAgain" | "isRelevance" | "reference">,
  ): Promise<Pulling> {
    const { cache } = this.#parts;
    const options = { ...back, rule: plan.rule, rectifiers: plan.rectifiers, weights: weightsOf(plan, run), cache };
    const { gradients, rectifiers, isReached } = this.#run(() => backwardPass(pass, options));
    cache.sweep();
    try {
      const downloaded = await downloadAll([...gradients]);
      return { gradients: plan.weights === undefined ? ownRows(downloaded, run, this.#shared) : downloaded, rectifiers, isReached };
    } finally {
      for (const gradient of gradients.values()) gradient.dispose();
    }
  }

  #forwardPass(plan: ForwardPlan | VjpPlan, feeds: Readonly<Record<string, Tensor>>, wrt: readonly string[], whole = false): ForwardPass {
    const { network, rules } = this.#parts;
    const { output, outputs, targets } = plan;
    const isScored = targets !== undefined || "cotangent" in plan;
    // A cotangent is that of the output itself, whatever the score of targets is.
    const scored = isScored ? { name: output.name, score: targets === undefined ? ("probability" as const) : plan.score } : undefined;
    const wanted = [...new Set([...outputs, ...(isScored || outputs.length === 0 ? [output.name] : [])])];
    const options: ForwardPassOptions = { feeds, wanted, wrt, rules, whole, ...(scored === undefined ? {} : { scored }) };
    return this.#run(() => forwardPass(network, options));
  }

  /** What a run shows of the values inside; the first call takes it. */
  #inside(): InnerLook {
    return (this.#look ??= this.#lookInside(this.#parts.trial));
  }

  /** The same in the largest picture that is tried where sizes are free: in a small one, the last layers have one position. */
  #insideLarge(): InnerLook {
    const { network, fixedBatch, trial } = this.#parts;
    if (!trial.observation.isFree) return this.#inside();
    const largest = trialFeeds(network, { fixedBatch, shared: this.#shared }).at(-1)!;
    try {
      return (this.#largeLook ??= this.#lookInside(largest));
    } catch (error) {
      if (!isXDeepError(error, "ENGINE_FAILED")) throw error;
      return this.#inside();
    }
  }

  #lookInside({ feeds, observation }: Pick<Trial, "feeds" | "observation">): InnerLook {
    const { network } = this.#parts;
    const source = defaultSources(network)[0] ?? network.inner?.entries[0];
    return this.#run(() => lookInside(network, source, feeds!, observation));
  }

  #unreachedNote({ output, wrt }: VjpPlan): string {
    const entries = this.#innerValues?.entries ?? [];
    const todo = entries.length === 0 ? "" : ` Explain an inner value instead, such as "${entries[0]}".`;
    return `No gradient path leads from "${output.name}" to ${quote(wrt)}: what the score takes from it goes through integers or steps, or not at all.${todo}`;
  }

  /** A network that fails on several rows, though it ran on one, is given them one at a time from then on. */
  async #inRuns<T>(plan: ForwardPlan, feeds: Readonly<Record<string, Tensor>>, run: (part: EngineRun) => Promise<T>): Promise<readonly Ran<T>[]> {
    const size = this.#rowsPerRun(plan);
    try {
      return await this.#inRunsOf(size, plan, feeds, run);
    } catch (error) {
      if (Math.min(size, plan.rows) === 1 || this.#parts.fixedBatch !== null || !this.#isSplittable(plan) || !isXDeepError(error, "ENGINE_FAILED")) throw error;
      const parts = await this.#inRunsOf(1, plan, feeds, run);
      this.#takesOneRow = true;
      return parts;
    }
  }

  async #inRunsOf<T>(
    size: number,
    { rows, signal }: ForwardPlan,
    feeds: Readonly<Record<string, Tensor>>,
    run: (part: EngineRun) => Promise<T>,
  ): Promise<readonly Ran<T>[]> {
    const parts: Ran<T>[] = [];
    for (const part of engineRuns(feeds, {
      inputs: [...this.inputs, ...this.inputs.map((info) => ({ ...info, name: REFERENCE + info.name }))],
      rows,
      size,
      fixedBatch: this.#parts.fixedBatch,
      zeroFilled: COTANGENT,
    })) {
      if (parts.length > 0) await betweenRuns(signal);
      this.#checkUsable();
      parts.push({ ...(await run(part)), rows: part.rows });
    }
    return parts;
  }

  #rowsPerRun(plan: ForwardPlan): number {
    if (!this.#isSplittable(plan)) return plan.rows;
    return this.#takesOneRow ? 1 : this.capabilities.preferredBatch;
  }

  /** Rows stay in one run where they depend on each other, and where an output whose first axis is no batch cannot be joined. */
  #isSplittable({ outputs }: ForwardPlan): boolean {
    return this.#parts.mixing === null && this.outputs.every(({ name, dims }) => !outputs.includes(name) || dims[0] === null);
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

  #run<T>(run: () => T): T {
    return withBackend(this.#parts.engine.backendName, run);
  }

  #checkUsable(): void {
    if (this.#isDisposed) throw disposedError();
  }
}

/** Name under which a cotangent travels with the feeds, so that its rows are split as theirs are. No input is called so. */
const COTANGENT = "\0cotangent";

/** Before the names of a reference run's inputs, which travel in the same way. */
const REFERENCE = "\0reference ";

/** Rules that give relevance, and need more of a run than gradients do. */
const RELEVANCE: readonly string[] = ["deeplift", "lrp-epsilon"];

type Ran<T> = T & Pick<EngineRun, "rows">;

type Pulling = Pick<Pulled, "gradients"> & Pick<Part, "rectifiers" | "isReached">;

/** The targets of each backward run; nothing is scored for a cotangent. */
function targetsOf({ targets, targetLists }: VjpPlan): readonly VjpPlan["targets"][] {
  return targetLists ?? [targets];
}

const ZERO_REASON =
  "a kernel failed without an error, or the function read values (dataSync) and went on from them, which no gradient follows. Run the model on another engine.";

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/** The weights of the rows of a run; rows that only fill a fixed batch weigh nothing. */
function weightsOf({ weights }: VjpPlan, { rows, padding }: EngineRun): Float32Array | undefined {
  if (weights === undefined) return undefined;
  const padded = new Float32Array(rows.end - rows.start + padding);
  padded.set(weights.subarray(rows.start, rows.end));
  return padded;
}
