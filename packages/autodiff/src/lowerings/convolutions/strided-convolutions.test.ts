import { describe, it } from "vitest";
import { checkLowering, checkNotLowered } from "../../../test/check-lowering.ts";
import { conv, imageModel } from "../../../test/image-model.ts";
import { depthwiseStrideTwo } from "./depthwise-stride-two.ts";
import { phasedStrideTwo } from "./phased-stride-two.ts";
import { pointwiseStrideTwo } from "./pointwise-stride-two.ts";
import { stemConvolution } from "./stem-convolution.ts";

const half = (pad: number): { readonly strides: readonly number[]; readonly pads: readonly number[] } => ({ strides: [2, 2], pads: [pad, pad, pad, pad] });
const image = (...dims: readonly (number | string)[]): { readonly dims: readonly (number | string)[] } => ({ dims: ["N", ...dims] });

describe("a depthwise convolution with stride 2", () => {
  it.each([
    ["3×3", 3, half(1)],
    ["5×5", 5, half(2)],
    ["3×3, padded behind only", 3, { strides: [2, 2], pads: [0, 0, 1, 1] }],
    ["2×2", 2, half(0)],
    ["auto_pad", 3, { strides: [2, 2], auto_pad: "SAME_UPPER" }],
  ])("is a flipped one of spread elements: %s", (_, kernel, options) =>
    checkLowering(imageModel([conv(16, 16, kernel, { ...options, group: 16 })], image(16, 6, 10)), [depthwiseStrideTwo]),
  );

  it.each([1, 3])("holds for a fixed batch of %i", (batch) =>
    checkLowering(imageModel([conv(32, 32, 3, { ...half(1), group: 32 })], { dims: [batch, 32, 4, 4] }), [depthwiseStrideTwo]),
  );

  it.each([
    ["odd sizes", imageModel([conv(16, 16, 3, { ...half(1), group: 16 })], image(16, 7, 10))],
    ["channels that do not fill blocks", imageModel([conv(24, 24, 3, { ...half(1), group: 24 })], image(24, 6, 10))],
    ["several outputs of a channel", imageModel([conv(32, 16, 3, { ...half(1), group: 16 })], image(16, 6, 10))],
    ["stride 2 along one axis", imageModel([conv(16, 16, 3, { strides: [2, 1], pads: [1, 1, 1, 1], group: 16 })], image(16, 6, 10))],
    ["dilations", imageModel([conv(16, 16, 3, { ...half(2), dilations: [2, 2], group: 16 })], image(16, 6, 10))],
    ["sizes that are not known", imageModel([conv(16, 16, 3, { ...half(1), group: 16 })], image(16, "H", "W"))],
  ])("keeps its plain form for %s", (_, model) => checkNotLowered(model, [depthwiseStrideTwo]));
});

describe("a 1×1 convolution with stride 2", () => {
  it("is spread after the small convolution", () => checkLowering(imageModel([conv(32, 16, 1, half(0))], image(16, 6, 10)), [pointwiseStrideTwo]));

  it.each([
    ["odd sizes", imageModel([conv(32, 16, 1, half(0))], image(16, 7, 10))],
    ["larger kernels", imageModel([conv(32, 16, 3, half(1))], image(16, 6, 10))],
    ["channels that do not fill blocks", imageModel([conv(32, 8, 1, half(0))], image(8, 6, 10))],
    ["groups", imageModel([conv(32, 32, 1, { ...half(0), group: 2 })], image(32, 6, 10))],
  ])("keeps its plain form for %s", (_, model) => checkNotLowered(model, [pointwiseStrideTwo]));
});

describe("a dense convolution with stride 2 to a small image", () => {
  it.each([
    ["3×3", 3, half(1)],
    ["5×5", 5, half(2)],
    ["2×2", 2, half(0)],
    ["4×4", 4, half(1)],
    ["3×3, padded behind only", 3, { strides: [2, 2], pads: [0, 0, 1, 1] }],
  ])("is four convolutions, one for each phase: %s", (_, kernel, options) =>
    checkLowering(imageModel([conv(32, 16, kernel, options)], image(16, 6, 10)), [phasedStrideTwo]),
  );

  it.each([
    ["odd sizes", imageModel([conv(32, 16, 3, half(1))], image(16, 7, 10))],
    ["large images", imageModel([conv(32, 16, 3, half(1))], image(16, 30, 30))],
    ["channels that do not fill blocks", imageModel([conv(32, 8, 3, half(1))], image(8, 6, 10))],
    ["groups", imageModel([conv(32, 32, 3, { ...half(1), group: 2 })], image(32, 6, 10))],
    ["1×1", imageModel([conv(32, 16, 1, half(0))], image(16, 6, 10))],
  ])("keeps its plain form for %s", (_, model) => checkNotLowered(model, [phasedStrideTwo]));
});

describe("a stem", () => {
  it.each([
    ["7×7", 3, 7, half(3)],
    ["5×5", 3, 5, half(2)],
    ["6×6 of one channel", 1, 6, half(2)],
    ["7×7, padded unevenly", 3, 7, { strides: [2, 2], pads: [2, 2, 3, 3] }],
    ["11×11", 4, 11, half(5)],
  ])("is one convolution to all places of a cell: %s", (_, channels, kernel, options) =>
    checkLowering(imageModel([conv(16, channels, kernel, options)], image(channels, 12, 16)), [stemConvolution]),
  );

  it.each([
    ["3×3", imageModel([conv(16, 3, 3, half(1))], image(3, 12, 16))],
    ["sizes that 4 does not divide", imageModel([conv(16, 3, 7, half(3))], image(3, 14, 16))],
    ["many channels", imageModel([conv(16, 16, 7, half(3))], image(16, 12, 16))],
    ["outputs that do not fill blocks", imageModel([conv(8, 3, 7, half(3))], image(3, 12, 16))],
  ])("keeps its plain form for %s", (_, model) => checkNotLowered(model, [stemConvolution]));
});
