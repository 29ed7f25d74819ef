import type { FloatTensor } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";

/** The same values in another order, the same one for a seed: what a network knows is gone, and the statistics of its weights stay. */
export function shuffle(tensor: FloatTensor, seed: number): FloatTensor {
  const data = tensor.data.slice();
  const keys = createNoise(seed).next(data.length);
  const order = Array.from(data.keys()).sort((a, b) => keys[a]! - keys[b]!);
  return { ...tensor, data: Float32Array.from(order, (at) => tensor.data[at]!) };
}
