import type { GraphBuilder, Value } from "@xdeep/onnx";
import type { CotangentForm, Surroundings } from "../sweep/rule.ts";

/** Four phases as one value [N, C, 2 H, 2 W], and a note of them for the lowering that takes them as they are. */
export function inPhases(
  g: GraphBuilder,
  forms: Surroundings["forms"],
  phases: NonNullable<CotangentForm["phases"]>,
  form: Omit<CotangentForm, "phases"> = {},
): Value {
  const whole = g.op("DepthToSpace", [g.concat(phases, 1)], { blocksize: 2 });
  forms.set(whole.name, { ...form, phases });
  return whole;
}
