import { type AttributeValue, float } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { type Value64, value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

type Attributes = Readonly<Record<string, AttributeValue>>;

const image = randomValue(1, [1, 2, 6, 5]);
const coordinates = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"] as const;

function sizes(...list: number[]): Value64 {
  return value64("int64", [list.length], list);
}

function scales(...list: number[]): Value64 {
  return value64("float32", [list.length], list.map(Math.fround));
}

function resized(name: string, attributes: Attributes, by: Value64, x: Value64 = image): NodeCase {
  const inputs = by.type === "int64" ? [x, null, null, by] : [x, null, by];
  return { name, op: "Resize", inputs, attributes };
}

const everyMode: readonly NodeCase[] = coordinates.flatMap((mode) =>
  ["nearest", "linear", "cubic"].flatMap((interpolation) => {
    const attributes = { mode: interpolation, coordinate_transformation_mode: mode };
    return [
      resized(`${interpolation} ${mode}, up by sizes`, attributes, sizes(1, 2, 11, 8)),
      resized(`${interpolation} ${mode}, down by sizes`, attributes, sizes(1, 2, 4, 3)),
      resized(`${interpolation} ${mode}, up by scales`, attributes, scales(1, 1, 2.5, 1.7)),
      resized(`${interpolation} ${mode}, down by scales`, attributes, scales(1, 1, 0.6, 0.7)),
    ];
  }),
);

const nearest: readonly NodeCase[] = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].flatMap((nearest_mode) =>
  ["half_pixel", "asymmetric", "align_corners"].flatMap((mode) => [
    resized(`nearest ${nearest_mode} ${mode}, up`, { nearest_mode, coordinate_transformation_mode: mode }, sizes(1, 2, 10, 15)),
    resized(`nearest ${nearest_mode} ${mode}, down`, { nearest_mode, coordinate_transformation_mode: mode }, sizes(1, 2, 3, 4)),
  ]),
);

const others: readonly NodeCase[] = [
  resized("cubic, exclude_outside", { mode: "cubic", exclude_outside: 1, cubic_coeff_a: float(-0.5) }, sizes(1, 2, 9, 4)),
  ...["linear", "cubic"].flatMap((mode) => [
    resized(`${mode}, antialias, down`, { mode, antialias: 1 }, sizes(1, 2, 3, 2)),
    resized(`${mode}, antialias, up`, { mode, antialias: 1 }, sizes(1, 2, 8, 9)),
    resized(`${mode}, antialias, exclude_outside`, { mode, antialias: 1, exclude_outside: 1 }, sizes(1, 2, 3, 4)),
    resized(`${mode}, antialias, align_corners`, { mode, antialias: 1, coordinate_transformation_mode: "align_corners" }, sizes(1, 2, 3, 4)),
  ]),
  resized("axes", { mode: "linear", axes: [2, 3] }, sizes(4, 9)),
  ...["not_larger", "not_smaller"].map((keep_aspect_ratio_policy) =>
    resized(keep_aspect_ratio_policy, { mode: "linear", axes: [2, 3], keep_aspect_ratio_policy }, sizes(9, 20)),
  ),
  {
    name: "crop",
    op: "Resize",
    inputs: [image, scales(0, 0, 0.2, -0.3, 1, 1, 0.9, 1.2), null, sizes(1, 2, 7, 6)],
    attributes: { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize", extrapolation_value: float(3) },
  },
  { ...resized("3-D linear", { mode: "linear" }, sizes(1, 1, 5, 7, 4), randomValue(2, [1, 1, 3, 4, 6])) },
  resized("1-D linear", { mode: "linear" }, sizes(1, 2, 9), randomValue(3, [1, 2, 5])),
];

const grid = randomValue(4, [2, 4, 3, 2], { scale: 0.8 });
const gridSamples: readonly NodeCase[] = ["linear", "nearest", "cubic"].flatMap((mode) =>
  ["zeros", "border", "reflection"].flatMap((padding_mode) =>
    [0, 1].map((align_corners) => ({
      name: `${mode} ${padding_mode} align_corners ${align_corners}`,
      op: "GridSample",
      inputs: [randomValue(5, [2, 3, 5, 6]), grid],
      attributes: { mode, padding_mode, align_corners },
    })),
  ),
);

const regions = value64("float32", [3, 4], [0.5, 1, 8.2, 9, 3, 2, 14, 11, -2, -1, 5, 4].map(Math.fround));
const regionImages = value64("int64", [3], [0, 1, 1]);
const alignments: readonly NodeCase[] = ["half_pixel", "output_half_pixel"].flatMap((mode) =>
  ["avg", "max"].flatMap((pooling) =>
    [0, 2].map((sampling_ratio) => ({
      name: `${mode} ${pooling} sampling_ratio ${sampling_ratio}`,
      op: "RoiAlign",
      opset: 21,
      inputs: [randomValue(6, [2, 2, 6, 7]), regions, regionImages],
      attributes: { coordinate_transformation_mode: mode, mode: pooling, sampling_ratio, output_height: 3, output_width: 2, spatial_scale: float(0.5) },
    })),
  ),
);

const cornerRegions = value64("float32", [3, 5], [0, 0.5, 1, 8.2, 9, 1, 3, 2, 14, 11, 1, 4, 4, 4, 4].map(Math.fround));
const roundedRegions: readonly NodeCase[] = [
  {
    name: "",
    op: "MaxRoiPool",
    opset: 21,
    inputs: [randomValue(9, [2, 2, 6, 7]), cornerRegions],
    attributes: { pooled_shape: [3, 2], spatial_scale: float(0.5) },
  },
];

const affine: readonly NodeCase[] = [0, 1].flatMap((align_corners) => [
  { name: `2-D align_corners ${align_corners}`, op: "AffineGrid", inputs: [randomValue(7, [2, 2, 3]), sizes(2, 3, 4, 5)], attributes: { align_corners } },
  { name: `3-D align_corners ${align_corners}`, op: "AffineGrid", inputs: [randomValue(8, [1, 3, 4]), sizes(1, 3, 2, 3, 4)], attributes: { align_corners } },
]);

describe("resampling", () => {
  it.each([...everyMode, ...nearest, ...others, ...gridSamples, ...alignments, ...roundedRegions, ...affine])("$op $name", expectSameAsOnnxRuntime);
});
