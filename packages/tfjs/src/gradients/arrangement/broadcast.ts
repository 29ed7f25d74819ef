import { reshape, sum } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** BroadcastTo: x̄ sums ȳ over the repeated axes. */
export const broadcastToRule: GradientRule = { kernel: "BroadcastTo", needs: { x: [] }, broadcasts: true, pullback: ({ dy }) => ({ x: dy }) };

/** Tile: every axis repeated repsᵢ times;  x̄ sums ȳ over the repetitions. */
export const tileRule: GradientRule = {
  kernel: "Tile",
  needs: { x: [] },
  pullback: ({ dy, attrs, shapes }) => {
    let rest = dy;
    (attrs["reps"] as readonly number[]).forEach((count, axis) => {
      if (count === 1) return;
      const split = [...rest.shape.slice(0, axis), count, shapes["x"]![axis]!, ...rest.shape.slice(axis + 1)];
      rest = sum(reshape(rest, split), axis);
    });
    return { x: rest };
  },
};
