import { createNoise } from "@xdeep/core/method";
import { describe, expect, it } from "vitest";
import { type AttributeValue, type ModelProto, type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { type Value64, evaluate, value64 } from "@xdeep/reference";
import { type DifferentiateOptions, differentiate } from "../../differentiate.ts";

const [steps, batch, size, hidden] = [3, 2, 3, 4];

function random(seed: number, dims: readonly number[]): Value64 {
  return value64("float32", dims, Float64Array.from(createNoise(seed).next(dims.reduce((a, b) => a * b, 1)), Math.fround));
}

function model(nodes: readonly NodeProto[]): ModelProto {
  const weights = { w: random(1, [1, hidden, size]), r: random(2, [1, hidden, hidden]) };
  return modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", [steps, batch, size])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: Object.entries(weights).map(([name, { dims, data }]) => tensorProto(name, { type: "float32", dims, data: Float32Array.from(data) })),
  });
}

function layer(attributes: Readonly<Record<string, AttributeValue>>): ModelProto {
  return model([nodeProto("RNN", ["x", "w", "r"], ["", "last"], { hidden_size: hidden, ...attributes }), nodeProto("Squeeze", ["last"], ["y"])]);
}

/** The same layer step by step, with a Relu node in each. */
function unrolled(): ModelProto {
  const weights = ["w", "r"].flatMap((name) => [nodeProto("Squeeze", [name], [`${name} flat`]), nodeProto("Transpose", [`${name} flat`], [`${name} turned`])]);
  const parts = nodeProto(
    "Split",
    ["x"],
    Array.from({ length: steps }, (_, t) => `part ${t}`),
    { axis: 0, num_outputs: steps },
  );
  const each = Array.from({ length: steps }, (_, t) => [
    nodeProto("Reshape", [`part ${t}`, "shape"], [`x ${t}`]),
    nodeProto("MatMul", [`x ${t}`, "w turned"], [`a ${t}`]),
    ...(t === 0
      ? [nodeProto("Identity", ["a 0"], ["s 0"])]
      : [nodeProto("MatMul", [`h ${t - 1}`, "r turned"], [`b ${t}`]), nodeProto("Add", [`a ${t}`, `b ${t}`], [`s ${t}`])]),
    nodeProto("Relu", [`s ${t}`], [`h ${t}`]),
  ]).flat();
  const shape = nodeProto("Constant", [], ["shape"], { value_ints: [batch, size] });
  return model([...weights, parts, shape, ...each, nodeProto("Identity", [`h ${steps - 1}`], ["y"])]);
}

function gradient(of: ModelProto, options: DifferentiateOptions): { readonly values: ArrayLike<number>; readonly rectifiers: number } {
  const result = differentiate(of, { wrt: ["x"], ...options });
  const name = result.gradients["x"] as string;
  const values = evaluate(result.model, { x: random(3, [steps, batch, size]), [result.cotangent]: random(4, [batch, hidden]) }, { outputs: [name] });
  return { values: values[name]!.data, rectifiers: result.rectifiers };
}

describe("a recurrent layer of ReLUs", () => {
  const relu = layer({ activations: ["Relu"] });

  it.each(["standard", "guided", "deconvnet"] as const)("has the gradient of its unrolled form under the rule %s", (rule) => {
    const [actual, expected] = [gradient(relu, { rule }).values, gradient(unrolled(), { rule }).values];
    for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i] as number, 10);
    expect(Array.from(expected).some((value) => value !== 0)).toBe(true);
  });

  it("differs between the rules", () => {
    const [standard, guided] = [gradient(relu, { rule: "standard" }).values, gradient(relu, { rule: "guided" }).values];
    expect(Array.from(standard)).not.toEqual(Array.from(guided));
  });

  it("counts as a rectifier once per activation that is named", () => {
    expect(gradient(relu, { rule: "guided" }).rectifiers).toBe(1);
    expect(gradient(relu, { rule: "standard" }).rectifiers).toBe(0);
    expect(gradient(layer({}), { rule: "guided" }).rectifiers).toBe(0);
    expect(gradient(layer({}), { rule: "guided", rectifiers: ["Tanh"] }).rectifiers).toBe(1);
  });

  it("refuses an activation that no rule knows, naming the node", () => {
    expect(() => differentiate(layer({ activations: ["Bent"] }), { wrt: ["x"] })).toThrowError(
      expect.objectContaining({ code: "MODEL_UNSUPPORTED", message: expect.stringContaining('"Bent"') }),
    );
  });
});
