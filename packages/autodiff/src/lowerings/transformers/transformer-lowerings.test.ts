import { nodeProto, tensorProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { checkLowering, checkNotLowered, differences } from "../../../test/check-lowering.ts";
import { checkRule } from "../../../test/check-rule.ts";
import { graphModel } from "../../../test/image-model.ts";
import { erfRule } from "../../rules/functions/erf.ts";
import { builtinRules } from "../../rules/index.ts";
import { rows } from "../../rules/normalization/layer-normalization.spec.ts";
import { withRules } from "../../sweep/rule-set.ts";
import { cpuLowerings, wasmLowerings, webgpuLowerings } from "../engine-lowerings.ts";
import { erfProduct } from "../elementwise/erf-product.ts";
import { keptStatistics } from "./kept-statistics.ts";

const scalar = (name: string, value: number): ReturnType<typeof tensorProto> => tensorProto(name, { type: "float32", dims: [], data: Float32Array.of(value) });
const constants = [scalar("root", Math.SQRT2), scalar("inverse", Math.SQRT1_2), scalar("one", 1), scalar("half", 0.5), scalar("two", 2)];

/** GELU as PyTorch exports it, or with one part in another form. */
function gelu({ scale = ["Div", "x", "root"], sum = ["e", "one"], product = ["x", "s"] }: Partial<Record<"scale" | "sum" | "product", string[]>> = {}) {
  const [op = "Div", ...operands] = scale;
  const nodes = [
    nodeProto(op, operands, ["d"]),
    nodeProto("Erf", ["d"], ["e"]),
    nodeProto("Add", sum, ["s"]),
    nodeProto("Mul", product, ["p"]),
    nodeProto("Mul", ["p", "half"], ["y"]),
  ];
  return graphModel(nodes, ["N", 7], constants);
}

describe("a GELU in small operators", () => {
  it.each([
    ["as PyTorch exports it", gelu()],
    ["with a product for the division", gelu({ scale: ["Mul", "x", "inverse"] })],
    ["with sum and product turned round", gelu({ sum: ["one", "e"], product: ["s", "x"] })],
  ])("has one rule: %s", (_, model) => checkLowering(model, [erfProduct]));

  it("holds for large numbers of both signs", () => checkLowering(gelu(), [erfProduct], { values: [0, -0, 5, -5, 20, -20, 1e10, -1e10] }));

  it.each([
    ["another sum", gelu({ sum: ["e", "two"] })],
    ["another factor", gelu({ product: ["d", "s"] })],
    ["a divided constant", gelu({ scale: ["Div", "root", "x"] })],
  ])("keeps its plain form for %s", (_, model) => checkNotLowered(model, [erfProduct]));

  it("keeps its plain form where a part's own gradient is asked for", () => {
    for (const wrt of ["d", "e", "s"]) checkNotLowered(gelu(), [erfProduct], { wrt: ["x", wrt] });
  });

  it("keeps its plain form where the error function has a rule of the caller's", () =>
    checkNotLowered(gelu(), [erfProduct], { rules: withRules(builtinRules, { ...erfRule }) }));
});

describe("attention", () => {
  // p (p̄ − Σ p̄ p): a sum of other terms, such as Σ ō o of the attended values, differs from p̄ by its rounding, which is more than is left here.
  it("keeps its digits where the weights are all but decided", async () => {
    const nodes = [nodeProto("Softmax", ["x"], ["p"], { axis: -1 }), nodeProto("MatMul", ["p", "v"], ["o"]), nodeProto("Tanh", ["o"], ["y"])];
    const v = tensorProto("v", { type: "float32", dims: [1, 5, 3], data: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)) });
    for (const lowerings of [cpuLowerings, wasmLowerings, webgpuLowerings]) {
      const { error } = await differences(graphModel(nodes, ["N", 2, 5, 5], [v]), lowerings, { values: [14, 0, 1, 2, 3] });
      expect(error).toBeLessThan(2e-6);
    }
  });
});

describe("LayerNormalization with the statistics of the forward pass", () => {
  it.each(rows)("$name", (row) => checkRule(row, [keptStatistics]));
});
