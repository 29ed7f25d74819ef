import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [{ name: "a matrix", op: "Neg", inputs: [{ dims: [2, 3] }] }];
