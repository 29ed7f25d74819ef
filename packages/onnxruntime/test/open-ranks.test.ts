import type { FloatTensor, Tensor } from "@xdeep/core";
import { writeModel } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";

import { gradientError, numericalGradient } from "./numerical-gradient.ts";
import { detector } from "./detector.ts";
import { randomTensor } from "./small-models.ts";
import { loadModel } from "../src/index.ts";

const rate = (hertz: bigint): Tensor => ({ type: "int64", dims: [], data: BigInt64Array.of(hertz) });
const sound: FloatTensor = randomTensor(4, [1, 12]);

describe("a model whose number of axes depends on the size of its input", () => {
  it("is explained where the size is given, though a branch that is not taken does not fit it", async () => {
    await using model = await loadModel(writeModel(detector()), { inputDims: { input: ["N", 12] } });
    const feeds = { input: sound, sr: rate(8000n) };
    const { gradients } = await model.vjp({ feeds, wrt: ["input"], target: 0 });
    expect(gradientError(gradients["input"]!, numericalGradient(detector(), feeds, { wrt: "input", of: "output", target: [0] }))).toBeLessThan(1e-5);
    await expect(model.vjp({ feeds: { ...feeds, sr: rate(16000n) }, wrt: ["input"], target: 0 })).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });

  it("is refused where it is left open, with what to give", async () => {
    await expect(loadModel(writeModel(detector()))).rejects.toThrow(/number of axes of "\S+" is not known.*inputDims/);
  });
});
