import { createNoise } from "@xdeep/core/method";

import { affine, relu, softplus } from "./layer.ts";
import type { Layer } from "./layer.ts";

/** A multi-layer perceptron with normal weights of a seed: `sizes` from the input to the output, an activation between two affine layers. */
export function randomLayers(sizes: readonly number[], activation: "relu" | "softplus" = "softplus", seed = 1): readonly Layer[] {
  const noise = createNoise(seed);
  return sizes.slice(1).flatMap((size, index) => {
    const scale = 1 / Math.sqrt(sizes[index]!);
    const weights = Array.from({ length: size }, () => Array.from(noise.next(sizes[index]!), (value) => value * scale));
    const layer = affine(
      weights,
      Array.from(noise.next(size), (value) => value / 4),
    );
    return index === sizes.length - 2 ? [layer] : [layer, activation === "relu" ? relu() : softplus()];
  });
}
