import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "at the newest opset", op: "ReverseSequence", inputs: [{ dims: [4, 2, 2] }, ints([2, 4])], opset: 28, engine: false },
  { name: "time first", op: "ReverseSequence", inputs: [{ dims: [4, 2, 2] }, ints([2, 4])] },
  { name: "batch first", op: "ReverseSequence", inputs: [{ dims: [2, 4] }, ints([1, 3])], attributes: { batch_axis: 0, time_axis: 1 } },
];
