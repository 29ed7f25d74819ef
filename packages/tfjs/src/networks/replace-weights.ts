import { type FloatTensor, XDeepError } from "@xdeep/core";
import { type WeightsHook, checkReplacement } from "@xdeep/core/backend";
import type { Tensor } from "@tensorflow/tfjs-core";

import { download, upload } from "../engine/transfer.ts";
import type { Network } from "./network.ts";

/**
 * The network with its weights replaced while it runs: every float weight with an axis, by its name in the model, in the order in which the network
 * uses them. The model itself, and whoever else runs it, keeps its own.
 *
 * @throws {XDeepError} OPTION_INVALID for a network without named weights, and for a replacement of another type or other dims
 */
export async function replaceWeights(network: Network, hook: WeightsHook): Promise<Network> {
  const { weights } = network;
  if (weights === undefined) {
    throw new XDeepError("OPTION_INVALID", "`weights` names the weights of a LayersModel or a GraphModel; those of a function are its own.", {
      details: { option: "weights" },
    });
  }
  const replaced = new Map<number, Tensor>();
  for (const [place, { name, tensor }] of weights.list.entries()) {
    if (tensor().dtype !== "float32" || tensor().rank === 0) continue;
    const before = (await download(tensor())) as FloatTensor;
    const after = hook(name, { ...before, data: before.data.slice() });
    checkReplacement(name, before, after);
    if (!before.data.every((value, i) => Object.is(value, after.data[i]))) replaced.set(place, upload(after));
  }
  return {
    ...network,
    run: (options) => weights.exchange(replaced, () => network.run(options)),
    dispose() {
      for (const tensor of replaced.values()) tensor.dispose();
      network.dispose();
    },
  };
}
