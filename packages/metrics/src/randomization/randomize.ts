import type { Model, WeightsHook } from "@xdeep/core";
import { checkOptionNames, checkSeed, createRandom } from "@xdeep/core/method";

import { demandShare } from "../options.ts";

/** Loads the model with its weights replaced, such as `(weights) => loadModel("model.onnx", { weights })`. */
export type LoadModel = (weights: WeightsHook) => Promise<Model>;

export interface RandomizeOptions {
  /** Which share of the weight tensors, from the output down, and one at least. Default 1. */
  readonly share?: number | undefined;
  /** Integer, 0 to 2³² − 1. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * The model with weights permuted within each tensor: each keeps its mean and spread, and no initialiser has to be known. A tensor is permuted in the same way
 * whatever the share, so that shares cascade. A tensor whose entries are all alike stays as it is, as biases of 0 do.
 *
 * @throws {XDeepError} OPTION_INVALID; the codes of loading
 * @see J. Adebayo et al. (2018), Sanity Checks for Saliency Maps, arXiv:1810.03292
 */
export async function randomize(load: LoadModel, options: RandomizeOptions = {}): Promise<Model> {
  checkOptionNames("randomize", options, ["share", "seed"]);
  const { share = 1, seed = 0 } = options;
  demandShare("randomize", "share", share);
  checkSeed(seed);
  return load(permuted(share === 1 ? 0 : firstOf(share, await countWeights(load)), seed));
}

/** How many tensors of weights a model has. Loaders hand them over in the order in which the network uses them. */
async function countWeights(load: LoadModel): Promise<number> {
  let count = 0;
  const model = await load((_, tensor) => {
    count += 1;
    return tensor;
  });
  await model.dispose();
  return count;
}

function firstOf(share: number, count: number): number {
  return count - Math.max(1, Math.round(share * count));
}

function permuted(first: number, seed: number): WeightsHook {
  let index = 0;
  return (_, tensor) => {
    const stream = index++;
    if (stream >= first) createRandom(seed, stream).shuffle(tensor.data);
    return tensor;
  };
}
