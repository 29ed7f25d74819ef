import { describe, it } from "vitest";
import { checkLowering, checkNotLowered } from "../../../test/check-lowering.ts";
import { type Layer, imageModel } from "../../../test/image-model.ts";
import { clipGate } from "./clip-gate.ts";

const SCALAR: readonly number[] = [];
const clip = (low: number, high: number): Layer => ["Clip", {}, { dims: SCALAR, values: [low] }, { dims: SCALAR, values: [high] }];
const relu6 = imageModel([clip(0, 6)], { dims: ["N", 16, 5, 7] });

/** Both bounds, and the numbers next to them. */
const AT_BOUNDS = [0, -0, -1, 6, 7, 6 - 2 ** -21, 6 + 2 ** -21, 2 ** -126, 1e-30, 1e-10, 5.5, -1e-30, 1e10, -1e10];

describe("the gate of Clip in two passes", () => {
  it.each(["standard", "guided", "deconvnet"] as const)("is the plain one at and beside the bounds: %s", async (rule) => {
    const options = { rule, values: AT_BOUNDS, tolerance: 0 };
    if (rule === "deconvnet") checkNotLowered(relu6, [clipGate], options);
    else await checkLowering(relu6, [clipGate], options);
  });

  it.each([2 ** -60, 0.1, 1, 512])("is exact for the upper bound %f", (high) =>
    checkLowering(imageModel([clip(0, high)], { dims: ["N", 32, 3, 3] }), [clipGate], {
      values: [high, high * (1 + 2 ** -23), high * (1 - 2 ** -24), high / 2, 0, -high],
      tolerance: 0,
    }),
  );

  it.each([
    ["channels that do not fill blocks", imageModel([clip(0, 6)], { dims: ["N", 24, 5, 7] })],
    ["another lower bound", imageModel([clip(-1, 6)], { dims: ["N", 16, 5, 7] })],
    ["an upper bound that is too large", imageModel([clip(0, 1024)], { dims: ["N", 16, 5, 7] })],
    ["three axes", imageModel([clip(0, 6)], { dims: ["N", 16, 5] })],
    ["a size that is not known", imageModel([clip(0, 6)], { dims: ["N", 16, "H", "W"] })],
    ["one bound", imageModel([["Clip", {}, { dims: SCALAR, values: [0] }]], { dims: ["N", 16, 5, 7] })],
  ])("leaves the plain form for %s", (_, model) => checkNotLowered(model, [clipGate]));
});
