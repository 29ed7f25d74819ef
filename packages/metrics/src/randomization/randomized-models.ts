import type { Model } from "@xdeep/core";
import { checkOptionNames, checkSeed, demandCount } from "@xdeep/core/method";

import { type LoadModel, randomize } from "./randomize.ts";

export interface RandomizedModelsOptions {
  /** Models of the cascade: the k-th of n has the weights of the k/n of its tensors that are nearest to the output permuted, of one at least. All are held in memory. Default 4. */
  readonly stages?: number | undefined;
  /** Integer, 0 to 2³² − 1. Default 0. */
  readonly seed?: number | undefined;
}

/** A cascade of randomised models, each loaded when it is first asked for, and shared by the metrics that it is passed to. */
export interface RandomizedModels extends AsyncDisposable {
  readonly stages: number;
  readonly seed: number;
  /** The k-th, 1 to `stages`; in the last one every weight is permuted. */
  at(stage: number): Promise<Model>;
  /** Frees all of them. */
  dispose(): Promise<void>;
}

/** @throws {XDeepError} OPTION_INVALID */
export function randomizedModels(load: LoadModel, options: RandomizedModelsOptions = {}): RandomizedModels {
  checkOptionNames("randomizedModels", options, ["stages", "seed"]);
  const { stages = 4, seed = 0 } = options;
  demandCount("randomizedModels", "stages", stages);
  checkSeed(seed);
  const loaded = new Map<number, Promise<Model>>();
  const dispose = async (): Promise<void> => {
    const models = [...loaded.values()];
    loaded.clear();
    // One that failed to load has nothing to free, and whoever asked for it was told.
    for (const model of await Promise.allSettled(models)) if (model.status === "fulfilled") await model.value.dispose();
  };
  return {
    stages,
    seed,
    at(stage) {
      const known = loaded.get(stage);
      if (known !== undefined) return known;
      const model = randomize(load, { share: stage / stages, seed });
      loaded.set(stage, model);
      model.catch(() => loaded.delete(stage));
      return model;
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
