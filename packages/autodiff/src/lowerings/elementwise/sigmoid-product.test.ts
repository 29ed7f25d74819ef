import { nodeProto, tensorProto } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { checkLowering, checkNotLowered } from "../../../test/check-lowering.ts";
import { graphModel } from "../../../test/image-model.ts";
import { withRules } from "../../sweep/rule-set.ts";
import { builtinRules } from "../../rules/index.ts";
import { sigmoidRule } from "../../rules/activations/sigmoid.ts";
import { sigmoidProduct } from "./sigmoid-product.ts";

const sigmoid = nodeProto("Sigmoid", ["x"], ["s"]);
const silu = graphModel([sigmoid, nodeProto("Mul", ["x", "s"], ["y"])], ["N", 3, 5]);

describe("x σ(x) as one rule", () => {
  it("is the product's and the sigmoid's rules together", () => checkLowering(silu, [sigmoidProduct]));

  it("holds for large numbers of both signs", () => checkLowering(silu, [sigmoidProduct], { values: [0, 20, -20, 90, -90, 200, -200, 1e30, -1e30, -0] }));

  it("does not mind the order of the factors", () => checkLowering(graphModel([sigmoid, nodeProto("Mul", ["s", "x"], ["y"])], ["N", 7]), [sigmoidProduct]));

  it("leaves to the sigmoid's rule what else depends on it", () =>
    checkLowering(graphModel([sigmoid, nodeProto("Mul", ["x", "s"], ["p"]), nodeProto("Mul", ["p", "s"], ["y"])], ["N", 7]), [sigmoidProduct]));

  it("is not used where the sigmoid's own gradient is asked for", () => checkNotLowered(silu, [sigmoidProduct], { wrt: ["x", "s"] }));

  it("is not used where the sigmoid counts as a rectifier", () => checkNotLowered(silu, [sigmoidProduct], { rule: "guided", rectifiers: ["Sigmoid"] }));

  it("is not used where the sigmoid has a rule of the caller's", () =>
    checkNotLowered(silu, [sigmoidProduct], { rules: withRules(builtinRules, { ...sigmoidRule }) }));

  it("is not used for the sigmoid of another value", () => {
    const shifted = [nodeProto("Add", ["x", "one"], ["z"]), nodeProto("Sigmoid", ["z"], ["s"]), nodeProto("Mul", ["x", "s"], ["y"])];
    const one = tensorProto("one", { type: "float32", dims: [], data: Float32Array.of(1) });
    checkNotLowered(graphModel(shifted, ["N", 7], [one]), [sigmoidProduct]);
  });
});
