import type { FloatTensor, Tensor } from "@xdeep/core";
import { type EngineRun, type ForwardPlan, type VjpPlan, betweenRuns, ruleName, targetCotangent } from "@xdeep/core/backend";

import { downloadAll } from "../engine/transfer.ts";
import { type BackwardPassOptions, backwardPass } from "../tape/backward-pass.ts";
import { type ForwardPass, type ForwardPassOptions, forwardPass } from "../tape/forward-pass.ts";
import { checkCotangent, readScores } from "../tape/scoring.ts";
import { type Part, type Pulled, ownRows } from "./join-parts.ts";
import { partFeeds } from "./pass-feeds.ts";
import type { TfjsModelParts } from "./tfjs-model-parts.ts";

/** Rules that give relevance, and need more of a run than gradients do. */
export const RELEVANCE: readonly string[] = ["deeplift", "lrp-epsilon"];

/** What passes need around them. */
export interface PassesOptions {
  /** Inputs without a batch axis. */
  readonly shared: ReadonlySet<string>;
  readonly inEngine: <T>(run: () => T) => T;
  /** Throws where no further pass may start. */
  readonly checkUsable: () => void;
}

type BackOptions = Pick<BackwardPassOptions, "cotangent" | "isReadAgain" | "isRelevance" | "reference">;
type PulledBack = Pick<Pulled, "gradients"> & Pick<Part, "rectifiers" | "isReached">;

/** Runs of one part of a call's rows. Between a run forward and those back nothing global is held. */
export class Passes {
  readonly #parts: TfjsModelParts;
  readonly #options: PassesOptions;

  constructor(parts: TfjsModelParts, options: PassesOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** One run forward. */
  async forward(plan: ForwardPlan, run: EngineRun): Promise<Pick<Part, "outputs"> & Pick<Pulled, "scored">> {
    const pass = this.#forwardPass(plan, run.feeds, []);
    try {
      const outputs = await downloadAll(plan.outputs.map((name) => [name, pass.outputs[name]!]));
      return { outputs: ownRows(outputs, run), scored: await readScores(pass, plan, run) };
    } finally {
      pass.dispose();
    }
  }

  /** One run forward, and back for each target. */
  async vjp(plan: VjpPlan, run: EngineRun): Promise<Omit<Part, "rows">> {
    const { feeds, reference, cotangent } = partFeeds(run.feeds);
    const isRelevance = RELEVANCE.includes(ruleName(plan.rule));
    const pass = this.#forwardPass(plan, feeds, plan.wrt, isRelevance);
    let other: ForwardPass | undefined;
    try {
      if (plan.reference !== undefined) other = this.#forwardPass(plan, reference, plan.wrt, isRelevance);
      const outputs = await downloadAll(plan.outputs.map((name) => [name, pass.outputs[name]!]));
      const scores = await Promise.all(targetsOf(plan).map((targets) => readScores(pass, { ...plan, targets }, run)));
      plan.signal?.throwIfAborted();
      this.#options.checkUsable();
      const { shape } = pass.outputs[plan.output.name]!;
      if (cotangent !== undefined) checkCotangent(cotangent, plan.output.name, shape);
      const { hasSteps } = pass.recording;
      const pulled: Pulled[] = [];
      const facts: Pick<Part, "rectifiers" | "isReached">[] = [];
      for (const [k, scored] of scores.entries()) {
        if (k > 0) await betweenRuns(plan.signal);
        this.#options.checkUsable();
        const start = (cotangent as FloatTensor | undefined) ?? targetCotangent(shape, scored.entries);
        const { gradients, ...fact } = await this.#pullBack(plan, run, pass, {
          reference: other,
          isRelevance,
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

  #forwardPass(plan: ForwardPlan | VjpPlan, feeds: Readonly<Record<string, Tensor>>, wrt: readonly string[], whole = false): ForwardPass {
    const { network, rules } = this.#parts;
    const { output, outputs, targets } = plan;
    const isScored = targets !== undefined || "cotangent" in plan;
    // A cotangent is that of the output itself, whatever the score of targets is.
    const scored = isScored ? { name: output.name, score: targets === undefined ? ("probability" as const) : plan.score } : undefined;
    const wanted = [...new Set([...outputs, ...(isScored || outputs.length === 0 ? [output.name] : [])])];
    const options: ForwardPassOptions = { feeds, wanted, wrt, rules, whole, ...(scored === undefined ? {} : { scored }) };
    return this.#options.inEngine(() => forwardPass(network, options));
  }

  /** One run back, whose gradients leave the engine. */
  async #pullBack(plan: VjpPlan, run: EngineRun, pass: ForwardPass, back: BackOptions): Promise<PulledBack> {
    const { cache } = this.#parts;
    const options = { ...back, rule: plan.rule, rectifiers: plan.rectifiers, weights: weightsOf(plan, run), cache };
    const { gradients, rectifiers, isReached } = this.#options.inEngine(() => backwardPass(pass, options));
    cache.sweep();
    try {
      const downloaded = await downloadAll([...gradients]);
      return { gradients: plan.weights === undefined ? ownRows(downloaded, run, this.#options.shared) : downloaded, rectifiers, isReached };
    } finally {
      for (const gradient of gradients.values()) gradient.dispose();
    }
  }
}

/** The targets of each backward run; nothing is scored for a cotangent. */
export function targetsOf({ targets, targetLists }: VjpPlan): readonly VjpPlan["targets"][] {
  return targetLists ?? [targets];
}

/** The weights of the rows of a run; rows that only fill a fixed batch weigh nothing. */
function weightsOf({ weights }: VjpPlan, { rows, padding }: EngineRun): Float32Array | undefined {
  if (weights === undefined) return undefined;
  const padded = new Float32Array(rows.end - rows.start + padding);
  padded.set(weights.subarray(rows.start, rows.end));
  return padded;
}
