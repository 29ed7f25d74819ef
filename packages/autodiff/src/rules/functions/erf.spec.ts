import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [{ name: "around 0", op: "Erf", inputs: [{ dims: [2, 5] }] }];
