import { type ModelProto, nodeProto, tensorProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { checkNotLowered, differences } from "../../../test/check-lowering.ts";
import { graphModel } from "../../../test/image-model.ts";
import { narrowJoins, narrowSplits } from "./narrow-joins.ts";

const lowerings = [narrowJoins, narrowSplits];

/** So many copies of x, each by another function, side by side. */
function joined(count: number): ModelProto {
  const functions = Array.from({ length: count }, (_, i) => nodeProto(["Tanh", "Sigmoid", "Softsign"][i % 3]!, ["x"], [`f${i}`]));
  const names = functions.map(({ output }) => output[0]!);
  return graphModel([...functions, nodeProto("Concat", names, ["all"], { axis: -1 }), nodeProto("Tanh", ["all"], ["y"])], ["N", 2, 3]);
}

/** x in so many parts, each by another function, added up. */
function split(count: number): ModelProto {
  const sizes = tensorProto("sizes", { type: "int64", dims: [count], data: new BigInt64Array(count).fill(2n) });
  const names = Array.from({ length: count }, (_, i) => `p${i}`);
  const functions = names.map((name, i) => nodeProto(["Tanh", "Sigmoid", "Softsign"][i % 3]!, [name], [`f${i}`]));
  const sum = nodeProto(
    "Sum",
    functions.map(({ output }) => output[0]!),
    ["y"],
  );
  return graphModel([nodeProto("Split", ["x", "sizes"], names, { axis: 1 }), ...functions, sum], ["N", 2 * count], [sizes]);
}

/** The most values that a node of the gradient joins or gives. */
function widest({ graph }: ModelProto, forward: ModelProto): number {
  const own = new Set(forward.graph!.node.flatMap(({ output }) => output));
  const written = graph!.node.filter(({ output, opType }) => ["Concat", "Split"].includes(opType) && !own.has(output[0]!));
  return Math.max(...written.map(({ opType, input, output }) => (opType === "Concat" ? input.length : output.length)));
}

describe.each([8, 14, 50])("gradients of %i values side by side", (count) => {
  it.each([
    ["joined", joined(count)],
    ["split", split(count)],
  ])("never have more than seven at once where they are %s", async (_, model) => {
    const { plain, lowered, error } = await differences(model, lowerings);
    expect(widest(plain, model)).toBeGreaterThan(7);
    expect(widest(lowered, model)).toBeLessThanOrEqual(7);
    expect(error).toBe(0);
  });
});

it("leaves seven values as they are", () => {
  checkNotLowered(joined(7), lowerings);
  checkNotLowered(split(7), lowerings);
});
