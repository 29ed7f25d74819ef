import type { Value } from "@xdeep/onnx";
import { inPhases } from "../../formulas/phases.ts";
import { batchNormalizationRule } from "../../rules/normalization/batch-normalization.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import type { CotangentForm } from "../../sweep/rule.ts";

/** BatchNormalization whose cotangent comes in phases: the plain form of each, so that the stem before it can take them as they are. */
export const normalizedPhases: Lowering = {
  name: "normalized-phases",
  rule: batchNormalizationRule,
  pullback: function normalizedPhasesPullback(context) {
    const { g, attributes, cotangent, wants, around, inputCount } = context;
    const phases = around.forms.get(cotangent(0).name)?.phases;
    if (phases === undefined || attributes.int("training_mode", 0) === 1 || [1, 2, 3, 4].some(wants)) return null;
    const normalized = phases.map((phase) => batchNormalizationRule.pullback({ ...context, cotangent: () => phase })[0] as Value);
    const dx = inPhases(g, around.forms, normalized as unknown as NonNullable<CotangentForm["phases"]>);
    return [dx, ...Array.from({ length: inputCount - 1 }, () => null)];
  },
};
