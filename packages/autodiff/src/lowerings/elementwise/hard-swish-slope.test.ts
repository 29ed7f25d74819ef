import { describe, it } from "vitest";
import { checkLowering, checkNotLowered } from "../../../test/check-lowering.ts";
import { imageModel } from "../../../test/image-model.ts";
import { hardSwishSlope } from "./hard-swish-slope.ts";

const model = imageModel([["HardSwish"]], { dims: ["N", 16, 5, 7] });

describe("the slope of HardSwish in the blocked layout", () => {
  it.each(["standard", "guided"] as const)("is the plain one: %s", (rule) =>
    checkLowering(model, [hardSwishSlope], { rule, rectifiers: ["HardSwish"], values: [0, -0, 1, -1, 2.5, -2.5, -1.5, 2.999, -2.999, 3.5, -3.5, 100, -1e10] }),
  );

  it("is 0 and 1 at the kinks, and just outside", () =>
    checkLowering(model, [hardSwishSlope], { values: [3, -3, 3 + 2 ** -21, -3 - 2 ** -21, 4, -4], tolerance: 0 }));

  it("keeps its plain form for channels that do not fill blocks", () =>
    checkNotLowered(imageModel([["HardSwish"]], { dims: ["N", 24, 5, 7] }), [hardSwishSlope]));
});
