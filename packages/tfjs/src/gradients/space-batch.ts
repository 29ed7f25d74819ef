import { batchToSpaceND, spaceToBatchND } from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/** SpaceToBatchND: undone by BatchToSpaceND with the paddings as crops. */
export const spaceToBatchNdGradient: Gradient = {
  kernel: "SpaceToBatchND",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => ({ x: batchToSpaceND(dy, attrs["blockShape"] as number[], attrs["paddings"] as number[][]) }),
};

/** BatchToSpaceND: undone by SpaceToBatchND with the crops as paddings. */
export const batchToSpaceNdGradient: Gradient = {
  kernel: "BatchToSpaceND",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => ({ x: spaceToBatchND(dy, attrs["blockShape"] as number[], attrs["crops"] as number[][]) }),
};
