import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type ModelProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { type Value64, evaluate, toTensor, value64 } from "@xdeep/reference";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { differentiate } from "../src/differentiate.ts";

describe("the gradient of a gradient", () => {
  it.each(["dynamic", "static"] as const)("gives Hessian-vector products of a smooth network (%s dims)", async (dims) => {
    const { model, names } = hessianVector(network(dims === "dynamic" ? "N" : 2));
    const x = random(1, [2, 2, 5, 5]);
    const cotangent = random(2, [2, 3]);
    const direction = random(3, [2, 2, 5, 5]);
    const product = evaluate(model, { x, [names.cotangent]: cotangent, [names.direction]: direction }, { outputs: [names.product] })[names.product]!;
    const step = 1e-5;
    const first = differentiate(network("N"));
    const gradientAt = (sign: number): Value64 => {
      const moved = value64(
        "float32",
        x.dims,
        x.data.map((value, i) => value + sign * step * direction.data[i]!),
      );
      return evaluate(first.model, { x: moved, [first.cotangent]: cotangent }, { outputs: [first.gradients["x"]!] })[first.gradients["x"]!]!;
    };
    const [above, below] = [gradientAt(1), gradientAt(-1)];
    const expected = above.data.map((value, i) => (value - below.data[i]!) / (2 * step));
    const scale = Math.max(...expected.map(Math.abs));
    expect(scale).toBeGreaterThan(1e-2);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - product.data[i]!)))).toBeLessThan(1e-6 * scale);
    expect(await maximumEngineError(model, { x, [names.cotangent]: cotangent, [names.direction]: direction }, names.product, product)).toBeLessThan(
      1e-4 * scale,
    );
  });

  it("is symmetric: ⟨u, Hv⟩ = ⟨v, Hu⟩", () => {
    const { model, names } = hessianVector(network("N"));
    const x = random(1, [1, 2, 5, 5]);
    const cotangent = random(2, [1, 3]);
    const [u, v] = [random(4, x.dims), random(5, x.dims)];
    const times = (direction: Value64): Value64 =>
      evaluate(model, { x, [names.cotangent]: cotangent, [names.direction]: direction }, { outputs: [names.product] })[names.product]!;
    const dot = (a: Value64, b: Value64): number => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
    expect(dot(u, times(v))).toBeCloseTo(dot(v, times(u)), 9);
    expect(Math.abs(dot(u, times(v)))).toBeGreaterThan(1e-3);
  });

  it("with respect to the cotangent is the forward derivative", () => {
    const first = differentiate(network("N"));
    const second = differentiate(first.model, { of: first.gradients["x"]!, wrt: [first.cotangent] });
    const x = random(1, [2, 2, 5, 5]);
    const tangent = random(6, x.dims);
    const output = second.gradients[first.cotangent]!;
    const forward = evaluate(second.model, { x, [first.cotangent]: random(2, [2, 3]), [second.cotangent]: tangent }, { outputs: [output] })[output]!;
    const step = 1e-5;
    const at = (sign: number): Value64 =>
      evaluate(
        first.model,
        {
          x: value64(
            "float32",
            x.dims,
            x.data.map((value, i) => value + sign * step * tangent.data[i]!),
          ),
        },
        { outputs: ["y"] },
      )["y"]!;
    const [above, below] = [at(1), at(-1)];
    forward.data.forEach((value, i) => expect(value).toBeCloseTo((above.data[i]! - below.data[i]!) / (2 * step), 6));
  });

  it("of a ReLU network is zero almost everywhere, without error", () => {
    const { model, names } = hessianVector(
      modelProto({
        nodes: [nodeProto("MatMul", ["x", "w"], ["h"]), nodeProto("Relu", ["h"], ["r"]), nodeProto("MatMul", ["r", "v"], ["y"])],
        inputs: [valueInfoProto("x", "float32", ["N", 4])],
        outputs: [valueInfoProto("y", "float32", ["N", 2])],
        initializers: [weights("w", 1, [4, 5]), weights("v", 2, [5, 2])],
      }),
    );
    const feeds = { x: random(1, [2, 4]), [names.cotangent]: random(2, [2, 2]), [names.direction]: random(3, [2, 4]) };
    expect(Math.max(...evaluate(model, feeds, { outputs: [names.product] })[names.product]!.data.map(Math.abs))).toBe(0);
  });
});

/** A model with the output H v for y weighted by the first cotangent. */
function hessianVector(model: ModelProto): {
  readonly model: ModelProto;
  readonly names: { readonly cotangent: string; readonly direction: string; readonly product: string };
} {
  const first = differentiate(model);
  const second = differentiate(first.model, { of: first.gradients["x"]!, wrt: ["x"] });
  return { model: second.model, names: { cotangent: first.cotangent, direction: second.cotangent, product: second.gradients["x"]! } };
}

/** Smooth throughout: convolution, normalization, softplus, pooling, attention, softmax. */
function network(batch: string | number): ModelProto {
  return modelProto({
    nodes: [
      nodeProto("Conv", ["x", "k", "c"], ["conv"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      nodeProto("BatchNormalization", ["conv", "scale", "bias", "mean", "variance"], ["norm"]),
      nodeProto("Softplus", ["norm"], ["act"]),
      nodeProto("AveragePool", ["act"], ["pool"], { kernel_shape: [2, 2], strides: [1, 1] }),
      nodeProto("Reshape", ["pool", "shape"], ["tokens"]),
      nodeProto("LayerNormalization", ["tokens", "g"], ["normed"]),
      nodeProto("MatMul", ["normed", "wq"], ["q"]),
      nodeProto("Transpose", ["normed"], ["kT"], { perm: [0, 2, 1] }),
      nodeProto("MatMul", ["q", "kT"], ["similar"]),
      nodeProto("Softmax", ["similar"], ["attention"], { axis: -1 }),
      nodeProto("MatMul", ["attention", "normed"], ["mixed"]),
      nodeProto("Gelu", ["mixed"], ["gelu"]),
      nodeProto("ReduceMean", ["gelu", "axis"], ["pooled"], { keepdims: 0 }),
      nodeProto("Gemm", ["pooled", "w", "b"], ["z"]),
      nodeProto("Tanh", ["z"], ["y"]),
    ],
    inputs: [valueInfoProto("x", "float32", [batch, 2, 5, 5])],
    outputs: [valueInfoProto("y", "float32", [batch, 3])],
    initializers: [
      weights("k", 11, [4, 2, 3, 3]),
      weights("c", 12, [4]),
      weights("scale", 13, [4]),
      weights("bias", 14, [4]),
      weights("mean", 15, [4]),
      tensorProto("variance", { type: "float32", dims: [4], data: Float32Array.of(0.5, 1, 2, 1.5) }),
      tensorProto("shape", { type: "int64", dims: [3], data: BigInt64Array.of(0n, 4n, 16n) }),
      weights("g", 16, [16]),
      weights("wq", 17, [16, 16]),
      tensorProto("axis", { type: "int64", dims: [1], data: BigInt64Array.of(1n) }),
      weights("w", 18, [16, 3]),
      weights("b", 19, [3]),
    ],
    opset: 20,
  });
}

function random(seed: number, dims: readonly number[]): Value64 {
  return value64("float32", dims, Float64Array.from(createNoise(seed).next(sizeOf(dims)), Math.fround));
}

function weights(name: string, seed: number, dims: readonly number[]): ReturnType<typeof tensorProto> {
  return tensorProto(name, { type: "float32", dims, data: Float32Array.from(random(seed, dims).data, (value) => value / 2) });
}

async function maximumEngineError(model: ModelProto, feeds: Readonly<Record<string, Value64>>, output: string, expected: Value64): Promise<number> {
  const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const tensors = Object.entries(feeds).map(([name, value]) => [name, new ort.Tensor("float32", toTensor(value).data as Float32Array, value.dims)] as const);
  const { data } = (await session.run(Object.fromEntries(tensors), [output]))[output]!;
  await session.release();
  return Math.max(...expected.data.map((value, i) => Math.abs(value - (data as Float32Array)[i]!)));
}
