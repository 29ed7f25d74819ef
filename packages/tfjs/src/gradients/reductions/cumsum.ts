import { cumsum } from "@tensorflow/tfjs-core";

import type { CheckedCall, GradientRule } from "../gradient-rule.ts";
import { unsupportedForm } from "../unsupported-form.ts";

/** Cumsum: x̄ is the running sum of ȳ from the other end. */
export const cumsumRule: GradientRule = {
  kernel: "Cumsum",
  needs: { x: [] },
  check: (call) => checkAxis("Cumsum", call),
  pullback: ({ dy, attrs }) => ({ x: cumsum(dy, attrs["axis"] as number, attrs["exclusive"] as boolean, !(attrs["reverse"] as boolean)) }),
};

/** TensorFlow.js gives a result without a shape where the axis is counted from the end. */
export function checkAxis(kernel: string, { attrs }: CheckedCall): void {
  if ((attrs["axis"] as number) < 0) throw unsupportedForm(kernel, `along axis ${String(attrs["axis"])}`, "Count the axis from the front.");
}
