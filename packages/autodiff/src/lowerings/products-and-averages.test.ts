import { nodeProto, tensorProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { checkLowering, checkNotLowered, differences } from "../../test/check-lowering.ts";
import { batchNorm, conv, graphModel, imageModel } from "../../test/image-model.ts";
import { blockedAverage, blockedGlobalAverage } from "./pools/blocked-average.ts";
import { channelProduct } from "./elementwise/channel-product.ts";
import { scaledConvolution } from "./convolutions/scaled-convolution.ts";

describe("an average in the blocked layout", () => {
  it("of everything is spread by upsampling", () => checkLowering(imageModel([["GlobalAveragePool"]], { dims: ["N", 16, 5, 7] }), [blockedGlobalAverage]));

  it("of tiles is spread by upsampling", () =>
    checkLowering(imageModel([["AveragePool", { kernel_shape: [2, 3], strides: [2, 3] }]], { dims: ["N", 16, 4, 9] }), [blockedAverage]));

  it.each([
    ["channels that do not fill blocks", imageModel([["GlobalAveragePool"]], { dims: ["N", 24, 5, 7] })],
    ["sizes that are not known", imageModel([["GlobalAveragePool"]], { dims: ["N", 16, "H", "W"] })],
    ["three spatial axes", imageModel([["GlobalAveragePool"]], { dims: ["N", 16, 2, 3, 4] })],
    ["windows that overlap", imageModel([["AveragePool", { kernel_shape: [3, 3], strides: [2, 2] }]], { dims: ["N", 16, 7, 7] })],
  ])("keeps its plain form for %s", (_, model) => checkNotLowered(model, [blockedAverage, blockedGlobalAverage]));
});

describe("a factor per channel", () => {
  const gate = (product: readonly [string, string], channels = 16): ReturnType<typeof graphModel> =>
    graphModel(
      [nodeProto("GlobalAveragePool", ["x"], ["mean"]), nodeProto("Sigmoid", ["mean"], ["s"]), nodeProto("Mul", product, ["y"], {}, { name: "gate" })],
      ["N", channels, 5, 7],
    );

  it.each([[["x", "s"]], [["s", "x"]]] as const)("is upsampled, in the forward pass too: %s", (product) => checkLowering(gate(product), [channelProduct]));

  it("keeps the value that the forward pass gives", async () => {
    const { lowered } = await differences(gate(["x", "s"]), [channelProduct]);
    const node = lowered.graph!.node.find(({ output }) => output.includes("y"));
    expect([node?.opType, node?.name]).toEqual(["Mul", "gate"]);
  });

  it("is upsampled where only the factor depends on the input", () => {
    const weights = tensorProto("w", { type: "float32", dims: [2, 16, 5, 7], data: Float32Array.from({ length: 1120 }, (_, i) => Math.sin(i)) });
    const model = graphModel([nodeProto("Sigmoid", ["x"], ["s"]), nodeProto("Mul", ["w", "s"], ["y"])], [2, 16, 1, 1], [weights]);
    return checkLowering(model, [channelProduct]);
  });

  it("keeps its plain form for channels that do not fill blocks", () => checkNotLowered(gate(["x", "s"], 24), [channelProduct]));
});

describe("BatchNormalization behind a masked convolution", () => {
  const dense = imageModel([batchNorm(16), ["Relu"], conv(32, 16, 3, { pads: [1, 1, 1, 1] })], { dims: ["N", 16, 5, 7] });

  it.each(["standard", "guided"] as const)("is folded into its weights: %s", async (rule) => {
    if (rule === "guided") checkNotLowered(dense, [scaledConvolution], { rule });
    else await checkLowering(dense, [scaledConvolution], { rule });
  });

  it("is left alone where its own parameters are asked for", () => checkNotLowered(dense, [scaledConvolution], { wrt: ["x", "BatchNormalization_0_0"] }));

  it("is left alone behind anything else", () => checkNotLowered(imageModel([batchNorm(16), ["Tanh"]], { dims: ["N", 16, 5, 7] }), [scaledConvolution]));
});
