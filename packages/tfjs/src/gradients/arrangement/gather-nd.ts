import { cast, gatherND, getBackend, mul, ones, scatterND, step, sub } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";
import { unsupportedForm } from "../unsupported-form.ts";

/** GatherNd: y = entries or slices of x at `indices`;  x̄ adds up what was read from each. */
export const gatherNdRule: GradientRule = {
  kernel: "GatherNd",
  needs: { params: ["indices"] },
  pullback: ({ dy, input, shapes }) => ({ params: scatterND(cast(input("indices"), "int32"), dy, [...shapes["params"]!]) }),
};

/** ScatterNd: y = 0 with `updates` added at `indices`;  the cotangent of an update is ȳ where it went. */
export const scatterNdRule: GradientRule = {
  kernel: "ScatterNd",
  needs: { updates: ["indices"] },
  pullback: ({ dy, input }) => ({ updates: gatherND(dy, cast(input("indices"), "int32")) }),
};

/** TensorScatterUpdate: y = x with `updates` in the place of what was at `indices`;  x̄ is ȳ elsewhere. */
export const tensorScatterUpdateRule: GradientRule = {
  kernel: "TensorScatterUpdate",
  check() {
    // It writes into its argument, which others may read.
    if (getBackend() === "cpu") throw unsupportedForm("TensorScatterUpdate", "on the cpu engine", "Run the model on wasm.");
  },
  needs: { tensor: ["indices"], updates: ["indices"] },
  pullback: ({ dy, input, shapes, wants }) => ({
    ...(wants("tensor") ? { tensor: mul(dy, sub(1, step(scatterND(cast(input("indices"), "int32"), ones([...shapes["updates"]!]), dy.shape)))) } : {}),
    ...(wants("updates") ? { updates: gatherND(dy, cast(input("indices"), "int32")) } : {}),
  }),
};
