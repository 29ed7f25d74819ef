import { type RuleSpec, constantScalar, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "zeros", op: "Pad", inputs: [{ dims: [2, 3] }, ints([1, 0, 2, 1])] },
  { name: "a constant", op: "Pad", inputs: [{ dims: [2, 3] }, ints([0, 2, 0, 1]), constantScalar(3)] },
  { name: "a computed constant", op: "Pad", inputs: [{ dims: [2, 3] }, ints([1, 2, 0, 1]), { dims: [] }] },
  { name: "negative pads", op: "Pad", inputs: [{ dims: [4, 5] }, ints([-1, 2, 1, -2])] },
  { name: "some axes", op: "Pad", inputs: [{ dims: [2, 3, 2] }, ints([1, 2]), null, ints([-2])] },
  { name: "reflect", op: "Pad", inputs: [{ dims: [2, 4] }, ints([0, 3, 1, 2])], attributes: { mode: "reflect" } },
  { name: "reflect, some axes", op: "Pad", inputs: [{ dims: [2, 4] }, ints([2, 1]), null, ints([1])], attributes: { mode: "reflect" } },
  { name: "edge", op: "Pad", inputs: [{ dims: [2, 3] }, ints([1, 2, 2, 0])], attributes: { mode: "edge" } },
  { name: "wrap", op: "Pad", opset: 19, inputs: [{ dims: [3, 4] }, ints([1, 2, 0, 3])], attributes: { mode: "wrap" } },
  { name: "pads known at run time", op: "Pad", inputs: [{ dims: [2, 3] }, { dims: [4], type: "int64", values: [1, 0, 2, 1] }] },
];
