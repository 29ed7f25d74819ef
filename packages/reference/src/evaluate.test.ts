import { type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { numericalVjp } from "./numerical-vjp.ts";
import { value64 } from "./arrays/value64.ts";

const x = value64("float32", [2], [3, -4]);

function modelOf(nodes: readonly NodeProto[], output = "y"): ReturnType<typeof modelProto> {
  const weight = tensorProto("w", { type: "float32", dims: [2], data: Float32Array.of(0.1, 2) });
  return modelProto({ nodes, inputs: [valueInfoProto("x", "float32", [2])], outputs: [valueInfoProto(output, "float32", [2])], initializers: [weight] });
}

const model = modelOf([nodeProto("Mul", ["x", "w"], ["inner"]), nodeProto("Relu", ["inner"], ["y"])]);

describe("evaluate", () => {
  it("runs the graph in float64 with the float32 weights of the file", () => {
    expect([...evaluate(model, { x })["y"]!.data]).toEqual([3 * Math.fround(0.1), 0]);
  });

  it("takes a bare graph too", () => {
    expect([...evaluate(model.graph!, { x })["y"]!.data]).toEqual([3 * Math.fround(0.1), 0]);
  });

  it("returns inner values and initializers by name", () => {
    const { inner, w } = evaluate(model, { x }, { outputs: ["inner", "w"] });
    expect([...inner!.data]).toEqual([3 * Math.fround(0.1), -8]);
    expect([...w!.data]).toEqual([Math.fround(0.1), 2]);
  });

  it("lets feeds override initializers and inner values", () => {
    expect([...evaluate(model, { x, w: value64("float32", [2], [1, -1]) })["y"]!.data]).toEqual([3, 4]);
    expect([...evaluate(model, { inner: value64("float32", [2], [-1, 7]) })["y"]!.data]).toEqual([0, 7]);
  });

  it("runs only what the wanted outputs need", () => {
    const nodes = [nodeProto("Relu", ["x"], ["y"]), nodeProto("NoSuchOperator", ["x"], ["z"])];
    expect([...evaluate(modelOf(nodes), { x })["y"]!.data]).toEqual([3, 0]);
  });

  it("keeps float64 precision through casts between floats", () => {
    const nodes = [nodeProto("Cast", ["x"], ["half"], { to: 10 }), nodeProto("Cast", ["half"], ["y"], { to: 1 })];
    expect([...evaluate(modelOf(nodes), { x: value64("float32", [2], [1 / 3, 1e-30]) })["y"]!.data]).toEqual([1 / 3, 1e-30]);
  });

  it("lists every operator that it does not have", () => {
    const nodes = [nodeProto("Foo", ["x"], ["a"]), nodeProto("Bar", ["a"], ["y"], {}, { domain: "acme" })];
    expect(() => evaluate(modelOf(nodes), { x })).toThrow(/does not have Foo, acme\.Bar/);
  });

  it("names unknown feeds, unknown outputs and missing inputs", () => {
    expect(() => evaluate(model, { x, nope: x })).toThrow(/no value named "nope"/);
    expect(() => evaluate(model, { x }, { outputs: ["nope"] })).toThrow(/no value named "nope"/);
    expect(() => evaluate(model, {})).toThrow(/Value "x", an input of Mul/);
  });

  it("names the node that failed", () => {
    const nodes = [nodeProto("MatMul", ["x", "m"], ["y"], {}, { name: "head" })];
    const broken = modelProto({
      nodes,
      inputs: [valueInfoProto("x", "float32", [2]), valueInfoProto("m", "float32", [3, 1])],
      outputs: [valueInfoProto("y", "float32", [1])],
    });
    expect(() => evaluate(broken, { x, m: value64("float32", [3, 1]) })).toThrow(/MatMul \(node "head"\): Matrices of dims \[2\] and \[3, 1\]/);
  });

  it("serves finite differences", () => {
    const [gradient] = numericalVjp(([at]) => [evaluate(model, { x: at! })["y"]!], [x], [value64("float32", [2], [1, 1])]);
    expect(gradient!.data[0]).toBeCloseTo(Math.fround(0.1), 9);
    expect(gradient!.data[1]).toBe(0);
  });
});
