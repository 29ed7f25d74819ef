import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [{ name: "around 0", op: "Mish", inputs: [{ dims: [2, 6], domain: [-4, 4] }] }];
