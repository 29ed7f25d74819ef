import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [{ name: "positive numbers", op: "Sqrt", inputs: [{ dims: [2, 3], domain: [0.2, 4] }] }];
