import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "at the newest opset", op: "DepthToSpace", inputs: [{ dims: [2, 8, 2, 3] }], attributes: { blocksize: 2 }, opset: 28, engine: false },
  { name: "CRD", op: "SpaceToDepth", inputs: [{ dims: [2, 2, 4, 6] }], attributes: { blocksize: 2, mode: "CRD" }, opset: 28, engine: false },
  { name: "default", op: "DepthToSpace", inputs: [{ dims: [2, 8, 2, 3] }], attributes: { blocksize: 2 } },
  { name: "CRD", op: "DepthToSpace", inputs: [{ dims: [2, 8, 2, 3] }], attributes: { blocksize: 2, mode: "CRD" } },
  { name: "blocks of 3", op: "DepthToSpace", inputs: [{ dims: [1, 9, 1, 2] }], attributes: { blocksize: 3, mode: "DCR" } },
  { name: "default", op: "SpaceToDepth", inputs: [{ dims: [2, 2, 4, 6] }], attributes: { blocksize: 2 } },
];
