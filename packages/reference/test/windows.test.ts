import { type AttributeValue, float } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

type Variant = readonly [name: string, attributes: Readonly<Record<string, AttributeValue>>];

const image = randomValue(1, [2, 4, 9, 7]);
const line = randomValue(2, [1, 4, 13]);
const volume = randomValue(3, [1, 2, 5, 6, 4]);
const bias = randomValue(4, [6]);

const convs: readonly NodeCase[] = [
  { name: "2-D with bias", op: "Conv", inputs: [image, randomValue(5, [6, 4, 3, 2]), bias] },
  { name: "1-D", op: "Conv", inputs: [line, randomValue(6, [6, 4, 4])], attributes: { strides: [2], pads: [3, 1] } },
  { name: "3-D", op: "Conv", inputs: [volume, randomValue(7, [3, 2, 2, 3, 2])], attributes: { pads: [1, 0, 1, 0, 1, 1], strides: [1, 2, 1] } },
  {
    name: "groups, strides, dilations, uneven pads",
    op: "Conv",
    inputs: [image, randomValue(8, [6, 2, 3, 2]), bias],
    attributes: { group: 2, strides: [2, 1], dilations: [1, 2], pads: [2, 0, 1, 3] },
  },
  { name: "depthwise", op: "Conv", inputs: [image, randomValue(9, [8, 1, 3, 3])], attributes: { group: 4, pads: [1, 1, 1, 1] } },
  ...["SAME_UPPER", "SAME_LOWER", "VALID"].map((auto_pad) => ({
    name: auto_pad,
    op: "Conv",
    inputs: [image, randomValue(10, [6, 4, 4, 2])],
    attributes: { auto_pad, strides: [2, 3] },
  })),
];

const transposedConvs: readonly NodeCase[] = [
  { name: "2-D with bias", op: "ConvTranspose", inputs: [image, randomValue(11, [4, 6, 3, 2]), bias] },
  { name: "1-D", op: "ConvTranspose", inputs: [line, randomValue(12, [4, 3, 4])], attributes: { strides: [3], pads: [2, 1] } },
  { name: "3-D", op: "ConvTranspose", inputs: [volume, randomValue(13, [2, 3, 2, 3, 2])], attributes: { strides: [1, 2, 1] } },
  {
    name: "groups, strides, dilations, output_padding",
    op: "ConvTranspose",
    inputs: [image, randomValue(14, [4, 3, 3, 2]), bias],
    attributes: { group: 2, strides: [2, 3], dilations: [2, 1], pads: [1, 0, 2, 1], output_padding: [1, 2] },
  },
  ...["NOTSET", "SAME_UPPER", "SAME_LOWER"].map((auto_pad) => ({
    name: `output_shape ${auto_pad}`,
    op: "ConvTranspose",
    inputs: [image, randomValue(15, [4, 6, 3, 3])],
    attributes: { auto_pad, strides: [2, 2], output_shape: [18, 14] },
  })),
  ...["SAME_UPPER", "SAME_LOWER", "VALID"].map((auto_pad) => ({
    name: auto_pad,
    op: "ConvTranspose",
    inputs: [image, randomValue(16, [4, 6, 3, 4])],
    attributes: { auto_pad, strides: [2, 3] },
  })),
];

const offsets = randomValue(23, [2, 24, 5, 6], { scale: 2 });
const deformed: readonly NodeCase[] = [
  { name: "offsets", op: "DeformConv", inputs: [image, randomValue(24, [3, 4, 3, 2]), randomValue(25, [2, 12, 7, 6])] },
  {
    name: "groups, mask, strides",
    op: "DeformConv",
    inputs: [image, randomValue(26, [6, 2, 3, 2]), offsets, bias, randomValue(27, [2, 12, 5, 6])],
    attributes: { group: 2, offset_group: 2, strides: [2, 1], pads: [1, 0, 2, 0], dilations: [1, 1] },
  },
];

const plainPools: readonly Variant[] = [
  ["plain", { kernel_shape: [3, 2] }],
  ["strides", { kernel_shape: [3, 2], strides: [2, 3] }],
  ["pads", { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 2, 1] }],
  ["dilations", { kernel_shape: [3, 2], dilations: [2, 3], pads: [1, 1, 1, 1] }],
  ["ceil_mode", { kernel_shape: [3, 3], strides: [3, 2], ceil_mode: 1 }],
  ["ceil_mode with pads", { kernel_shape: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1], ceil_mode: 1 }],
  ...["SAME_UPPER", "SAME_LOWER", "VALID"].map((auto_pad) => [auto_pad, { kernel_shape: [4, 3], strides: [2, 2], auto_pad }] as const),
];

const pools: readonly NodeCase[] = [
  ...plainPools.flatMap(([name, attributes]) => [
    { name, op: "MaxPool", inputs: [image], attributes, outputs: 2 },
    { name: `${name}, column-major`, op: "MaxPool", inputs: [image], attributes: { ...attributes, storage_order: 1 }, outputs: 2 },
    { name, op: "AveragePool", inputs: [image], attributes },
    { name: `${name}, count_include_pad`, op: "AveragePool", inputs: [image], attributes: { ...attributes, count_include_pad: 1 } },
    { name, op: "LpPool", inputs: [image], attributes },
    { name: `${name}, p = 3`, op: "LpPool", inputs: [image], attributes: { ...attributes, p: 3 } },
  ]),
  ...["MaxPool", "AveragePool"].map((op) => ({ name: "1-D", op, inputs: [line], attributes: { kernel_shape: [3], strides: [2], pads: [1, 1], ceil_mode: 1 } })),
  ...["MaxPool", "AveragePool"].map((op) => ({ name: "3-D", op, inputs: [volume], attributes: { kernel_shape: [2, 3, 2], pads: [1, 1, 0, 0, 1, 1] } })),
  { name: "3-D column-major", op: "MaxPool", inputs: [volume], attributes: { kernel_shape: [2, 3, 2], storage_order: 1 }, outputs: 2 },
  { name: "ties", op: "MaxPool", inputs: [value64("float32", [1, 1, 4, 4])], attributes: { kernel_shape: [3, 3] }, outputs: 2 },
  ...["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"].map((op) => ({ name: "", op, inputs: [image], opset: 21 })),
  { name: "p = 3", op: "GlobalLpPool", inputs: [volume], attributes: { p: 3 }, opset: 21 },
  {
    name: "plain",
    op: "MaxUnpool",
    inputs: [randomValue(17, [1, 1, 2, 2]), value64("int64", [1, 1, 2, 2], [1, 3, 4, 11])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  {
    name: "output_shape",
    op: "MaxUnpool",
    inputs: [randomValue(18, [1, 1, 2, 2]), value64("int64", [1, 1, 2, 2], [5, 7, 13, 15]), value64("int64", [4], [1, 1, 5, 5])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  { name: "", op: "Col2Im", inputs: [randomValue(19, [1, 12, 12]), value64("int64", [2], [5, 5]), value64("int64", [2], [2, 3])] },
  {
    name: "strides, pads, dilations",
    op: "Col2Im",
    inputs: [randomValue(20, [2, 8, 9]), value64("int64", [2], [6, 5]), value64("int64", [2], [2, 2])],
    attributes: { strides: [2, 2], pads: [1, 0, 1, 2], dilations: [2, 1] },
  },
  { name: "", op: "LRN", inputs: [randomValue(21, [2, 7, 3, 2])], attributes: { size: 3 } },
  { name: "even size", op: "LRN", inputs: [randomValue(22, [2, 7, 3, 2])], attributes: { size: 5, alpha: float(0.3), beta: float(0.6), bias: float(2) } },
];

describe("windows", () => {
  it.each([...convs, ...transposedConvs, ...deformed, ...pools])("$op $name", expectSameAsOnnxRuntime);
});
