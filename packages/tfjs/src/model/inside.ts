import { isXDeepError } from "@xdeep/core";

import { type InnerLook, lookInside } from "../networks/inner/look-inside.ts";
import type { TfjsModelParts } from "./tfjs-model-parts.ts";
import { type Trial, defaultSources, trialFeeds } from "./try-network.ts";

/** What runs show of the values inside a network: each look is taken once, where somebody asks. */
export class Inside {
  readonly #parts: TfjsModelParts;
  readonly #shared: ReadonlySet<string>;
  readonly #inEngine: <T>(run: () => T) => T;
  #look: InnerLook | undefined;
  #largeLook: InnerLook | undefined;

  constructor(parts: TfjsModelParts, shared: ReadonlySet<string>, inEngine: <T>(run: () => T) => T) {
    this.#parts = parts;
    this.#shared = shared;
    this.#inEngine = inEngine;
  }

  /** In the trial's run. */
  look(): InnerLook {
    return (this.#look ??= this.#lookInto(this.#parts.trial));
  }

  /** In the largest picture that is tried where sizes are free: in a small one, the last layers have one position. */
  lookLarge(): InnerLook {
    const { network, fixedBatch, trial } = this.#parts;
    if (!trial.observation.isFree) return this.look();
    const largest = trialFeeds(network, { fixedBatch, shared: this.#shared }).at(-1)!;
    try {
      return (this.#largeLook ??= this.#lookInto(largest));
    } catch (error) {
      if (!isXDeepError(error, "ENGINE_FAILED")) throw error;
      return this.look();
    }
  }

  #lookInto({ feeds, observation }: Pick<Trial, "feeds" | "observation">): InnerLook {
    const { network } = this.#parts;
    const source = defaultSources(network)[0] ?? network.inner?.entries[0];
    return this.#inEngine(() => lookInside(network, source, feeds!, observation));
  }
}
