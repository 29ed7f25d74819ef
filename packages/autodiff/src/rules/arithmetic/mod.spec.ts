import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  {
    name: "fmod",
    op: "Mod",
    inputs: [
      { dims: [5], values: [-7.3, -2.2, 0.4, 3.9, 9.1] },
      { dims: [5], values: [2, -1.5, 1, -1.1, 2.5] },
    ],
    attributes: { fmod: 1 },
  },
  {
    name: "fmod, broadcast",
    op: "Mod",
    inputs: [
      { dims: [2, 1], values: [-7.3, 5.2] },
      { dims: [3], values: [2, 0.9, -1.7] },
    ],
    attributes: { fmod: 1 },
  },
  {
    name: "floor",
    op: "Mod",
    inputs: [
      { dims: [4], values: [-7.3, -2.2, 0.4, 3.9] },
      { dims: [4], values: [2, -1.5, 1, -1.1] },
    ],
    attributes: { fmod: 0 },
    engine: false,
  },
  {
    name: "floor, at the newest opset",
    op: "Mod",
    inputs: [
      { dims: [4], values: [-7.3, -2.2, 0.4, 3.9] },
      { dims: [4], values: [2, -1.5, 1, -1.1] },
    ],
    opset: 28,
    engine: false,
  },
];
