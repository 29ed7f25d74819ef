import { float } from "@xdeep/onnx";
import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "RoiAlign";
const x = { dims: [2, 2, 5, 6] };
const regions = { dims: [3, 4], values: [0.3, 0.2, 3.1, 2.7, 1.15, 0.6, 4.4, 4.1, -0.3, 1.2, 7.52, 3.35] };
const batch = ints([0, 1, 1]);
const size = { output_height: 2, output_width: 3, sampling_ratio: 2 };

export const rows: readonly RuleSpec[] = [
  { name: "average", op, inputs: [x, regions, batch], attributes: size },
  {
    name: "average, pixels not shifted",
    op,
    inputs: [x, regions, batch],
    attributes: { ...size, coordinate_transformation_mode: "output_half_pixel", spatial_scale: float(0.75) },
  },
  { name: "one sample", op, inputs: [x, regions, batch], attributes: { output_height: 2, output_width: 2, sampling_ratio: 1 } },
  { name: "maximum", op, inputs: [{ ...x, domain: [0.1, 2] }, regions, batch], attributes: { ...size, mode: "max" } },
];
