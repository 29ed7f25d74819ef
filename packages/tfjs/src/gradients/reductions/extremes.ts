import { type Tensor, cast, div, equal, mul, sum } from "@tensorflow/tfjs-core";

import type { GradientRule, PullbackCall } from "../gradient-rule.ts";
import { keepReduced, reducedAxes } from "../../formulas/reduced-axes.ts";

/** Max over axes: ȳ goes to the maximum, in equal parts where several are equal. */
export const maxRule: GradientRule = {
  kernel: "Max",
  needs: { x: ["x"] },
  needsOutput: true,
  pullback: (call) => ({ x: shareEvenly(call, "reductionIndices") }),
};

/** Min over axes: ȳ goes to the minimum, in equal parts where several are equal. */
export const minRule: GradientRule = { kernel: "Min", needs: { x: ["x"] }, needsOutput: true, pullback: (call) => ({ x: shareEvenly(call, "axis") }) };

function shareEvenly({ dy, attrs, shapes, input, output }: PullbackCall, axisName: string): Tensor {
  const shape = shapes["x"]!;
  const axes = reducedAxes(attrs[axisName] ?? attrs["axis"], shape);
  const hit = cast(equal(input("x"), keepReduced(output, axes, shape)), "float32");
  return mul(hit, div(keepReduced(dy, axes, shape), sum(hit, [...axes], true)));
}
