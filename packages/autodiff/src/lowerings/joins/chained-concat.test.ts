import { type NodeProto, nodeProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { checkLowering, checkNotLowered, differences } from "../../../test/check-lowering.ts";
import { graphModel } from "../../../test/image-model.ts";
import { concatRule } from "../../rules/layout/concat.ts";
import { builtinRules } from "../../rules/index.ts";
import { withRules } from "../../sweep/rule-set.ts";
import { chainedConcat } from "./chained-concat.ts";

/** Layer i joins all features so far and makes one more of them, half as wide, as a dense block does. */
function dense(layers: number, join: (features: readonly string[], output: string) => NodeProto): ReturnType<typeof graphModel> {
  const features = ["x"];
  const nodes: NodeProto[] = [];
  for (let i = 1; i <= layers; i++) {
    const joined = i === 1 ? "x" : `joined${i}`;
    if (i > 1) nodes.push(join(features, joined));
    nodes.push(nodeProto("Tanh", [joined], [`t${i}`]), nodeProto("GlobalAveragePool", [`t${i}`], [`m${i}`]), nodeProto("Mul", ["x", `m${i}`], [`f${i}`]));
    features.push(`f${i}`);
  }
  return graphModel([...nodes, join(features, "all"), nodeProto("Tanh", ["all"], ["y"])], ["N", 1, 3, 4]);
}

const concat = (features: readonly string[], output: string): NodeProto => nodeProto("Concat", features, [output], { axis: 1 });
const block = dense(4, concat);

describe("a chain of joins", () => {
  it("is taken back link by link", async () => {
    await checkLowering(block, [chainedConcat]);
    const { lowered } = await differences(block, [chainedConcat]);
    const splits = lowered.graph!.node.filter(({ opType }) => opType === "Split").map(({ output }) => output.length);
    expect(splits).toEqual([2, 2, 2, 2]);
  });

  it("counts axes from behind, too", () =>
    checkLowering(
      dense(3, (features, output) => nodeProto("Concat", features, [output], { axis: -3 })),
      [chainedConcat],
    ));

  it("is left alone where the gradient of a link is asked for", async () => {
    const { plain, lowered, error } = await differences(block, [chainedConcat], { wrt: ["x", "joined2", "joined3", "joined4"] });
    expect(lowered.graph!.node.length).toBe(plain.graph!.node.length);
    expect(error).toBe(0);
  });

  it("passes by a link that no gradient needs", () => checkLowering(block, [chainedConcat], { wrt: ["f2"] }));

  it("is left alone where joins have a rule of the caller's", () =>
    checkNotLowered(block, [chainedConcat], { rules: withRules(builtinRules, { ...concatRule }) }));

  it("is none where the joins lie along other axes", () => {
    const nodes = [
      nodeProto("Tanh", ["x"], ["a"]),
      nodeProto("Concat", ["x", "a"], ["tall"], { axis: 2 }),
      nodeProto("GlobalAveragePool", ["tall"], ["m"]),
      nodeProto("Concat", ["x", "a", "x"], ["wide"], { axis: 3 }),
      nodeProto("Mul", ["wide", "m"], ["y"]),
    ];
    checkNotLowered(graphModel(nodes, ["N", 2, 3, 4]), [chainedConcat]);
  });

  it("is none where the earlier join comes later in the file than what it would follow", () => {
    const nodes = [
      nodeProto("Tanh", ["x"], ["a"]),
      nodeProto("Concat", ["x", "a", "x"], ["whole"], { axis: 1 }),
      nodeProto("Concat", ["x", "a"], ["part"], { axis: 1 }),
      nodeProto("GlobalAveragePool", ["part"], ["m"]),
      nodeProto("ReduceMean", ["m"], ["s"], { keepdims: 1 }),
      nodeProto("Mul", ["whole", "s"], ["y"]),
    ];
    checkNotLowered(graphModel(nodes, ["N", 2, 3, 4]), [chainedConcat]);
  });
});
