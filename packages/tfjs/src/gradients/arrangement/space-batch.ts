import { batchToSpaceND, spaceToBatchND } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** SpaceToBatchND: undone by BatchToSpaceND with the paddings as crops. */
export const spaceToBatchNdRule: GradientRule = {
  kernel: "SpaceToBatchND",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => ({ x: batchToSpaceND(dy, attrs["blockShape"] as number[], attrs["paddings"] as number[][]) }),
};

/** BatchToSpaceND: undone by SpaceToBatchND with the crops as paddings. */
export const batchToSpaceNdRule: GradientRule = {
  kernel: "BatchToSpaceND",
  needs: { x: [] },
  pullback: ({ dy, attrs }) => ({ x: spaceToBatchND(dy, attrs["blockShape"] as number[], attrs["crops"] as number[][]) }),
};
