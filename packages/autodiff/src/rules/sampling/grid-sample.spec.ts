import type { RuleSpec } from "../../../test/rule-spec.ts";

const op = "GridSample";
const x = { dims: [2, 2, 3, 4] };
/** Where a position meets a pixel of 3 or 4, with or without align_corners, inside and reflected: there the interpolation has a kink. */
const pixels = [0, 0.25, 1 / 3, 2 / 3, 0.75, 1, 1.25, 4 / 3].flatMap((place) => [-place, place]);
const grid = { dims: [2, 2, 3, 2], domain: [-1.4, 1.4] as const, avoid: pixels };
const nearest = { dims: [1, 1, 4, 2], values: [-1.2, 0.3, 0.1, -0.4, 0.62, 0.9, -0.8, 1.3] };

const modes = ["bilinear", "bicubic"].flatMap((mode) =>
  ["zeros", "border", "reflection"].flatMap((padding_mode) =>
    [0, 1].map((align_corners): RuleSpec => ({
      name: `${mode}, ${padding_mode}, align_corners ${align_corners}`,
      op,
      inputs: [x, grid],
      attributes: { mode, padding_mode, align_corners },
    })),
  ),
);

export const rows: readonly RuleSpec[] = [
  ...modes,
  ...["zeros", "border", "reflection"].map((padding_mode): RuleSpec => ({
    name: `nearest, ${padding_mode}`,
    op,
    inputs: [{ dims: [1, 2, 3, 4] }, nearest],
    attributes: { mode: "nearest", padding_mode },
  })),
  { name: "linear, newest names", op, opset: 22, inputs: [{ dims: [1, 1, 3, 3] }, { dims: [1, 2, 2, 2] }], attributes: { mode: "linear" } },
  { name: "volumes", op, opset: 20, inputs: [{ dims: [1, 2, 2, 3, 2] }, { dims: [1, 1, 2, 2, 3], domain: [-0.9, 0.9] }] },
];
