import { float } from "@xdeep/onnx";
import { type InputSpec, type RuleSpec, ints } from "../../../test/rule-spec.ts";

const scales = (...values: number[]): InputSpec => ({ dims: [values.length], values, constant: true });
const image: InputSpec = { dims: [1, 2, 3, 4] };

const COORDINATES = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];
const ROUNDINGS = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];

const linear = COORDINATES.flatMap((mode): readonly RuleSpec[] => [
  {
    name: `linear, ${mode}, up`,
    op: "Resize",
    opset: 19,
    inputs: [image, null, scales(1, 1, 2, 1.5)],
    attributes: { mode: "linear", coordinate_transformation_mode: mode },
  },
  {
    name: `linear, ${mode}, down`,
    op: "Resize",
    opset: 19,
    inputs: [{ dims: [1, 1, 5, 7] }, null, null, ints([1, 1, 3, 4])],
    attributes: { mode: "linear", coordinate_transformation_mode: mode },
  },
]);

const nearest = [...COORDINATES, "tf_half_pixel_for_nn"].flatMap((mode) =>
  ROUNDINGS.map((rounding): RuleSpec => ({
    name: `nearest, ${mode}, ${rounding}, whole and other factors`,
    op: "Resize",
    opset: 19,
    inputs: [image, null, scales(1, 1, 2, 1.75)],
    attributes: { mode: "nearest", coordinate_transformation_mode: mode, nearest_mode: rounding },
  })),
);

const whole = [...COORDINATES, "tf_half_pixel_for_nn"].flatMap((mode) =>
  ROUNDINGS.map((rounding): RuleSpec => ({
    name: `nearest, ${mode}, ${rounding}, whole factors`,
    op: "Resize",
    opset: 19,
    inputs: [image, null, scales(1, 1, 2, 3)],
    attributes: { mode: "nearest", coordinate_transformation_mode: mode, nearest_mode: rounding },
  })),
);

export const rows: readonly RuleSpec[] = [
  ...linear,
  ...nearest,
  ...whole,
  { name: "nearest, sizes, down", op: "Resize", inputs: [{ dims: [1, 1, 5, 7] }, null, null, ints([1, 1, 2, 3])] },
  { name: "nearest, whole factors by sizes", op: "Resize", inputs: [{ dims: [2, 1, 2, 3] }, null, null, ints([2, 1, 6, 6])] },
  {
    name: "nearest, given axes",
    op: "Resize",
    inputs: [{ dims: [2, 3, 2] }, null, scales(2), null],
    attributes: { axes: [1], nearest_mode: "floor", coordinate_transformation_mode: "asymmetric" },
  },
  {
    name: "linear, given axes and sizes",
    op: "Resize",
    inputs: [{ dims: [1, 2, 3, 4] }, null, null, ints([6, 5])],
    attributes: { mode: "linear", axes: [-1, -2] },
  },
  {
    name: "linear, scales known at run time",
    op: "Resize",
    inputs: [{ dims: [1, 1, 2, 3] }, null, { dims: [4], values: [1, 1, 2, 2] }],
    wrt: [0],
    attributes: { mode: "linear" },
  },
  {
    name: "linear, antialiased down",
    op: "Resize",
    inputs: [{ dims: [1, 1, 6, 7] }, null, scales(1, 1, 0.5, 0.6)],
    attributes: { mode: "linear", antialias: 1 },
  },
  { name: "cubic", op: "Resize", inputs: [{ dims: [1, 1, 4, 5] }, null, scales(1, 1, 2, 1.5)], attributes: { mode: "cubic" } },
  {
    name: "cubic, excluding the outside",
    op: "Resize",
    inputs: [{ dims: [1, 1, 4, 5] }, null, scales(1, 1, 2, 0.8)],
    attributes: { mode: "cubic", exclude_outside: 1, cubic_coeff_a: float(-0.5) },
  },
  {
    name: "linear, a region",
    op: "Resize",
    inputs: [{ dims: [1, 1, 4, 4] }, { dims: [8], values: [0, 0, 0.2, 0.1, 1, 1, 0.9, 0.8], constant: true }, null, ints([1, 1, 3, 5])],
    attributes: { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" },
  },
  {
    name: "linear, a region reaching outside",
    op: "Resize",
    inputs: [{ dims: [1, 1, 4, 4] }, { dims: [8], values: [0, 0, -0.35, 0.1, 1, 1, 0.9, 1.45], constant: true }, null, ints([1, 1, 5, 5])],
    attributes: { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize", extrapolation_value: float(7) },
  },
  ...(["not_larger", "not_smaller"] as const).flatMap((policy) =>
    (["nearest", "linear", "cubic"] as const).map((mode): RuleSpec => ({
      name: `${mode}, the ratio kept: ${policy}`,
      op: "Resize",
      inputs: [{ dims: [1, 2, 4, 5] }, null, null, ints([7, 6])],
      attributes: { mode, keep_aspect_ratio_policy: policy, axes: [2, 3] },
    })),
  ),
  {
    name: "linear, smaller, the ratio kept, axes the other way round",
    op: "Resize",
    inputs: [{ dims: [2, 1, 7, 4] }, null, null, ints([3, 5])],
    attributes: { mode: "linear", keep_aspect_ratio_policy: "not_larger", axes: [3, 2] },
  },
  {
    name: "nearest, the ratio kept, the last axis as it is",
    op: "Resize",
    inputs: [{ dims: [4, 6, 2] }, null, null, ints([7, 9])],
    attributes: { keep_aspect_ratio_policy: "not_larger", axes: [0, 1] },
    engine: false,
  },
  { name: "a vector, linear", op: "Resize", inputs: [{ dims: [4] }, null, null, ints([7])], attributes: { mode: "linear" }, engine: false },
];
