import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [{ name: "around 0", op: "Exp", inputs: [{ dims: [2, 3] }] }];
