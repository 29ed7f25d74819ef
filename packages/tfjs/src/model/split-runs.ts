import type { Tensor, ValueInfo } from "@xdeep/core";
import { isXDeepError } from "@xdeep/core";
import { type EngineRun, type ForwardPlan, betweenRuns, engineRuns } from "@xdeep/core/backend";

import { COTANGENT, REFERENCE } from "./pass-feeds.ts";

/** What decides how the rows of a call are cut into runs of the engine. */
export interface SplitRunsOptions {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly fixedBatch: number | null;
  /** What keeps rows from being explained together; null where nothing does. */
  readonly mixing: string | null;
  readonly preferredBatch: number;
  /** Throws where no further run may start. */
  readonly checkUsable: () => void;
}

export type Ran<T> = T & Pick<EngineRun, "rows">;

/** Cuts the rows of calls into runs of the engine. A network that fails on several rows, though it ran on one, is given them one at a time from then on. */
export class SplitRuns {
  readonly #options: SplitRunsOptions;
  #takesOneRow = false;

  constructor(options: SplitRunsOptions) {
    this.#options = options;
  }

  /** Calls `run` for each part of the rows, in order. */
  async each<T>(plan: ForwardPlan, feeds: Readonly<Record<string, Tensor>>, run: (part: EngineRun) => Promise<T>): Promise<readonly Ran<T>[]> {
    const isSplittable = this.#isSplittable(plan);
    const size = !isSplittable ? plan.rows : this.#takesOneRow ? 1 : this.#options.preferredBatch;
    try {
      return await this.#eachOf(size, plan, feeds, run);
    } catch (error) {
      if (Math.min(size, plan.rows) === 1 || this.#options.fixedBatch !== null || !isSplittable || !isXDeepError(error, "ENGINE_FAILED")) throw error;
      const parts = await this.#eachOf(1, plan, feeds, run);
      this.#takesOneRow = true;
      return parts;
    }
  }

  async #eachOf<T>(
    size: number,
    { rows, signal }: ForwardPlan,
    feeds: Readonly<Record<string, Tensor>>,
    run: (part: EngineRun) => Promise<T>,
  ): Promise<readonly Ran<T>[]> {
    const { inputs, fixedBatch, checkUsable } = this.#options;
    const others = inputs.map((info) => ({ ...info, name: REFERENCE + info.name }));
    const parts: Ran<T>[] = [];
    for (const part of engineRuns(feeds, { inputs: [...inputs, ...others], rows, size, fixedBatch, zeroFilled: COTANGENT })) {
      if (parts.length > 0) await betweenRuns(signal);
      checkUsable();
      parts.push({ ...(await run(part)), rows: part.rows });
    }
    return parts;
  }

  /** Rows stay in one run where they depend on each other, and where an output whose first axis is no batch cannot be joined. */
  #isSplittable({ outputs: asked }: ForwardPlan): boolean {
    const { mixing, outputs } = this.#options;
    return mixing === null && outputs.every(({ name, dims }) => !asked.includes(name) || dims[0] === null);
  }
}
