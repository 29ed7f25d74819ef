import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "other rank", op: "Reshape", inputs: [{ dims: [2, 3, 4] }, ints([4, 6])] },
  { name: "a dim copied and one inferred", op: "Reshape", inputs: [{ dims: [2, 3, 4] }, ints([0, -1])] },
  { name: "to a scalar", op: "Reshape", inputs: [{ dims: [1, 1] }, ints([])] },
  { name: "from a scalar", op: "Reshape", inputs: [{ dims: [] }, ints([1, -1])] },
  { name: "zeros allowed", op: "Reshape", inputs: [{ dims: [2, 3] }, ints([3, 2])], attributes: { allowzero: 1 } },
  { name: "a shape known only at run time", op: "Reshape", inputs: [{ dims: [2, 3, 4] }, { dims: [2], type: "int64", values: [6, -1] }] },
  { name: "at the newest opset", op: "Reshape", inputs: [{ dims: [2, 3] }, ints([6])], opset: 25 },
];
