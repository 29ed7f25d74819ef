import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [{ name: "around 0", op: "Sigmoid", inputs: [{ dims: [2, 5], domain: [-4, 4] }] }];
