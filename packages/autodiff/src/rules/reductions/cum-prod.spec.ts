import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "CumProd";
const x = { dims: [2, 4, 3] };

export const rows: readonly RuleSpec[] = [
  { name: "an inner axis", op, opset: 26, inputs: [x, ints([1], [])] },
  { name: "a negative axis, exclusive", op, opset: 26, inputs: [x, ints([-1], [])], attributes: { exclusive: 1 } },
  { name: "from the end", op, opset: 26, inputs: [x, ints([0], [])], attributes: { reverse: 1 } },
  { name: "from the end, exclusive", op, opset: 26, inputs: [x, ints([-2], [])], attributes: { reverse: 1, exclusive: 1 } },
  { name: "an axis known at run time", op, opset: 26, inputs: [x, { dims: [], type: "int64", values: [-2] }] },
  { name: "zeros among the factors", op, opset: 26, inputs: [{ dims: [5], values: [2, 0, 3, 0, 5] }, ints([0], [])] },
];
