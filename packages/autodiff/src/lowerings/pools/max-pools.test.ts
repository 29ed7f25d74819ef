import type { ModelProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { checkLowering, checkNotLowered, differences } from "../../../test/check-lowering.ts";
import { type Layer, batchNorm, conv, imageModel } from "../../../test/image-model.ts";
import { maxPoolThree } from "./max-pool-three.ts";
import { maxPoolTwo } from "./max-pool-two.ts";
import { maskedBefore } from "./rectified-pool.ts";
import { normalizedPhases } from "../convolutions/normalized-phases.ts";
import { stemConvolution } from "../convolutions/stem-convolution.ts";

const three: Layer = ["MaxPool", { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }];
const two: Layer = ["MaxPool", { kernel_shape: [2, 2], strides: [2, 2] }];
const relu: Layer = ["Relu"];
const stem = (between: readonly Layer[]): ModelProto =>
  imageModel([conv(16, 3, 7, { strides: [2, 2], pads: [3, 3, 3, 3] }), ...between, relu, three], { dims: ["N", 3, 16, 24] });
const image = { dims: ["N", 16, 8, 12] };

/** Few numbers, so that most windows have several maxima, positive ones among them. */
const TIES = [1, 2, 2, 0, -1, 2, 1, 1, 0, 3, 3, 2, -2, 0, 1, 3, 1];
/** Bands of one colour, as letterboxed pictures have them. */
const BANDS = Array.from({ length: 16 * 8 * 12 }, (_, i) => (Math.floor(i / 24) % 3) - 1);

const INPUTS = [
  ["random numbers", undefined],
  ["ties", TIES],
  ["bands", BANDS],
  ["zeros", [0]],
  ["negative numbers", [-1, -2, -3]],
  ["one positive number", [1]],
] as const;

describe.each(["standard", "guided"] as const)("MaxPool without indices, under the rule %s", (rule) => {
  it.each(INPUTS)("3×3 behind a Relu gives all to the first maximum: %s", (_, values) =>
    checkLowering(imageModel([relu, three], image), [maxPoolThree, maskedBefore], { rule, tolerance: 2e-7, ...(values && { values }) }),
  );

  it.each(INPUTS)("2×2 gives all to the first maximum: %s", (_, values) =>
    checkLowering(imageModel([two], image), [maxPoolTwo], { rule, tolerance: 0, ...(values && { values }) }),
  );

  it.each(INPUTS)("2×2 behind a Relu gives all to the first maximum: %s", (_, values) =>
    checkLowering(imageModel([relu, two], image), [maxPoolTwo, maskedBefore], { rule, tolerance: 0, ...(values && { values }) }),
  );

  it.each([
    ["a Relu", []],
    ["a Relu and a normalization", [batchNorm(16)]],
  ])("3×3 hands its phases to the stem through %s", async (_, between) => {
    const { lowered, error } = await differences(stem(between), [maxPoolThree, maskedBefore, normalizedPhases, stemConvolution], { rule });
    expect(error).toBeLessThan(2e-6);
    const operators = lowered.graph!.node.map(({ opType }) => opType);
    expect(operators.filter((op) => op === "DepthToSpace")).toHaveLength(1);
    expect(operators).not.toContain("ConvTranspose");
  });
});

describe("a lowered MaxPool", () => {
  it("masks nothing where DeconvNet asks for what comes", async () => {
    checkNotLowered(imageModel([relu, three], image), [maxPoolThree, maskedBefore], { rule: "deconvnet" });
    await checkLowering(imageModel([relu, two], image), [maxPoolTwo, maskedBefore], { rule: "deconvnet", values: TIES, tolerance: 0 });
  });

  it("masks nothing where the rectified value's own gradient is asked for", async () => {
    checkNotLowered(imageModel([relu, three], image), [maxPoolThree, maskedBefore], { wrt: ["v1"] });
    await checkLowering(imageModel([relu, two], image), [maxPoolTwo, maskedBefore], { wrt: ["v1"], values: [0], tolerance: 0 });
  });

  it.each([
    ["odd sizes", imageModel([relu, three], { dims: ["N", 16, 9, 12] })],
    ["no rectifier before", imageModel([three], image)],
    ["channels that do not fill blocks", imageModel([relu, three], { dims: ["N", 24, 8, 12] })],
    ["other padding", imageModel([relu, ["MaxPool", { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }]], image)],
    ["other strides", imageModel([relu, ["MaxPool", { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }]], image)],
  ])("of 3×3 keeps its plain form for %s", (_, model) => checkNotLowered(model, [maxPoolThree]));

  it.each([
    ["odd sizes", imageModel([two], { dims: ["N", 16, 9, 12] })],
    ["channels that do not fill blocks", imageModel([two], { dims: ["N", 24, 8, 12] })],
    ["sizes that are not known", imageModel([two], { dims: ["N", 16, "H", "W"] })],
  ])("of 2×2 keeps its plain form for %s", (_, model) => checkNotLowered(model, [maxPoolTwo]));
});
