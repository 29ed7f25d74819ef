import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "a scalar index", op: "Gather", inputs: [{ dims: [2, 4, 3] }, ints([1], [])], attributes: { axis: 1 } },
  { name: "a negative scalar index", op: "Gather", inputs: [{ dims: [2, 4] }, ints([-1], [])], attributes: { axis: -1 } },
  { name: "one index in a list", op: "Gather", inputs: [{ dims: [4, 3] }, ints([2])] },
  { name: "repeated indices", op: "Gather", inputs: [{ dims: [4, 3] }, ints([0, 2, 0, -1])] },
  { name: "a matrix of indices along an inner axis", op: "Gather", inputs: [{ dims: [2, 4, 3] }, ints([0, 2, 3, -4], [2, 2])], attributes: { axis: 1 } },
  { name: "indices known at run time", op: "Gather", inputs: [{ dims: [4, 3] }, { dims: [2], type: "int64", values: [1, 1] }] },
  { name: "a scalar index known at run time", op: "Gather", inputs: [{ dims: [4, 3] }, { dims: [], type: "int64", values: [1] }], attributes: { axis: 1 } },
  { name: "from a vector", op: "Gather", inputs: [{ dims: [4] }, ints([3], [])] },
];
