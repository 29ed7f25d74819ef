import { type Tensor, type DataType, float32 } from "@xdeep/core";
import { fromFloat64 } from "@xdeep/core/backend";
import { computeInFloat32 } from "@xdeep/autodiff";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import {
  type ConstantTensor,
  type ModelProto,
  attributeProto,
  float,
  graphProto,
  mapTensors,
  modelProto,
  nodeProto,
  tensorData,
  tensorProto,
  valueInfoProto,
  withFields,
  withoutFields,
  writeModel,
} from "@xdeep/onnx";
import { smooth } from "@xdeep/smooth";
import { describe, expect, it } from "vitest";
import { failure } from "./failure.ts";
import { gradientError, numericalGradient } from "./numerical-gradient.ts";
import { intList, perceptron, randomTensor, weights } from "./small-models.ts";
import { loadModel } from "../src/load-model.ts";

const x = randomTensor(7, [2, 4]);
const target = [0, 2];

/** The perceptron with another float type throughout. */
function perceptronOf(type: DataType): ModelProto {
  const model = mapTensors(perceptron(), (tensor) => {
    const { dims, data } = tensorData(tensor);
    return tensorProto(tensor.name, fromFloat64(type, dims, Float64Array.from(data as Float32Array)) as ConstantTensor);
  });
  const graph = withFields(model.graph!, { input: [valueInfoProto("x", type, ["N", 4])], output: [valueInfoProto("logits", type, ["N", 3])] });
  return withFields(model, { graph });
}

describe("half precision", () => {
  it.each(["float16", "bfloat16"] as const)("a %s model takes and gives float32, and computes in it", async (type) => {
    const half = perceptronOf(type);
    const model = await loadModel(writeModel(half));
    expect(model.inputs[0]!.type).toBe("float32");
    expect(model.outputs[0]!.type).toBe("float32");
    const { values } = await new Backprop(model).explain(x, { target });
    expect(gradientError(values, numericalGradient(computeInFloat32(half), { x }, { wrt: "x", of: "logits", target }))).toBeLessThan(1e-5);
    await model.dispose();
  });

  it("keeps its own types where that is asked for", async () => {
    const half = perceptronOf("float16");
    const model = await loadModel(writeModel(half), { compute: "declared" });
    expect(model.inputs[0]!.type).toBe("float16");
    const fed = fromFloat64("float16", x.dims, Float64Array.from(x.data));
    const { values } = await new Backprop(model).explain(fed, { target });
    expect(values.type).toBe("float32");
    expect(gradientError(values, numericalGradient(computeInFloat32(half), { x }, { wrt: "x", of: "logits", target }))).toBeLessThan(5e-3);
    expect((await failure(new Backprop(model).explain(x))).code).toBe("INPUT_TYPE");
    await model.dispose();
    expect((await failure(loadModel(writeModel(half), { compute: "half" as never }))).code).toBe("OPTION_INVALID");
  });

  it("is widened in casts, constants, branches and type attributes too", async () => {
    const half = (values: readonly number[]): ConstantTensor => fromFloat64("float16", [values.length], Float64Array.from(values)) as ConstantTensor;
    const branch = (name: string, factor: number): ReturnType<typeof graphProto> =>
      graphProto({
        nodes: [
          nodeProto("Constant", [], [`${name}/f`], { value: tensorProto("", half([factor, 1, factor])) }),
          nodeProto("Mul", ["h", `${name}/f`], [`${name}/y`]),
        ],
        inputs: [],
        outputs: [valueInfoProto(`${name}/y`, "float16", ["N", 3])],
        name,
      });
    const model = await loadModel(
      writeModel(
        modelProto({
          nodes: [
            nodeProto("Cast", ["x"], ["h"], { to: 10 }),
            nodeProto("ReduceSum", ["h"], ["s"], { keepdims: 0 }),
            nodeProto("Greater", ["s", "zero"], ["c"]),
            nodeProto("If", ["c"], ["z"], { then_branch: branch("then", 2), else_branch: branch("else", 3) }),
            nodeProto("Cast", ["z"], ["y"], { to: 1 }),
          ],
          inputs: [valueInfoProto("x", "float32", ["N", 3])],
          outputs: [valueInfoProto("y", "float32", ["N", 3])],
          initializers: [tensorProto("zero", fromFloat64("float16", [], Float64Array.of(0)) as ConstantTensor)],
        }),
      ),
    );
    // 1 + 2⁻¹² has no float16: only a network that really computes in float32 tells it from 1.
    const { scores, gradients } = await model.vjp({ feeds: { x: float32([1, 3], [1 + 2 ** -12, 1, 1]) }, target: 0 });
    expect(scores[0]).toBe(2 + 2 ** -11);
    expect([...gradients["x"]!.data]).toEqual([2, 0, 0]);
    await model.dispose();
  });
});

describe("double precision", () => {
  it("takes float64, computes in it, and gives float32 gradients", async () => {
    const double = perceptronOf("float64");
    const model = await loadModel(writeModel(double));
    const fed: Tensor = { type: "float64", dims: [2, 4], data: Float64Array.from(x.data, (value) => value + 1e-9) };
    const expected = numericalGradient(double, { x: fed }, { wrt: "x", of: "logits", target });
    const { values } = await new Backprop(model).explain(fed, { target });
    expect(values.type).toBe("float32");
    expect(gradientError(values, expected)).toBeLessThan(1e-7);
    const weighted = await model.vjp({ feeds: { x: fed }, target, weights: Float32Array.of(2, -1) });
    const sum = Float64Array.from({ length: 4 }, (_, i) => 2 * expected.data[i]! - expected.data[4 + i]!);
    expect(gradientError(weighted.gradients["x"], { dims: [1, 4], data: sum })).toBeLessThan(1e-6);
    const pulled = await model.vjp({ feeds: { x: fed }, cotangent: float32([2, 3], [1, 0, 0, 0, 0, 1]) });
    expect(gradientError(pulled.gradients["x"], expected)).toBeLessThan(1e-7);
    await model.dispose();
  });

  it("works with every method", async () => {
    const model = await loadModel(writeModel(perceptronOf("float64")));
    const fed: Tensor = { type: "float64", dims: [2, 4], data: Float64Array.from(x.data) };
    const { convergenceDelta } = await integrated(new Backprop(model), { n: 300 }).explain(fed, { target });
    expect(Math.max(...convergenceDelta!.map(Math.abs))).toBeLessThan(2e-2);
    const { values } = await smooth(new Backprop(model), { n: 5 }).explain(fed, { target });
    expect(values.dims).toEqual([2, 4]);
    await model.dispose();
  });
});

describe("weights", () => {
  const parts = { inputs: [valueInfoProto("x", "float32", ["N", 3])], outputs: [valueInfoProto("y", "float32", ["N", 3])] };

  async function check(model: ModelProto): Promise<void> {
    const input = randomTensor(3, [2, 3]);
    const loaded = await loadModel(writeModel(model));
    expect(loaded.inputs.map(({ name }) => name)).toEqual(["x"]);
    const { gradients } = await loaded.vjp({ feeds: { x: input }, target: [0, 2] });
    expect(gradientError(gradients["x"], numericalGradient(model, { x: input }, { wrt: "x", of: "y", target: [0, 2] }))).toBeLessThan(1e-5);
    await loaded.dispose();
  }

  it("that old files list as inputs are no inputs", async () => {
    const w = weights("w", 1, [3, 3]);
    const model = modelProto({
      ...parts,
      inputs: [...parts.inputs, valueInfoProto("w", "float32", [3, 3])],
      nodes: [nodeProto("MatMul", ["x", "w"], ["h"]), nodeProto("Tanh", ["h"], ["y"])],
      initializers: [w],
      opset: 8,
    });
    await check(withFields(model, { irVersion: 3n }));
  });

  it("may be float_data instead of raw bytes", async () => {
    const { data } = tensorData(weights("w", 1, [3, 3]));
    const w = withFields(withoutFields(weights("w", 1, [3, 3]), ["rawData"]), { floatData: [...(data as Float32Array)] });
    await check(modelProto({ ...parts, nodes: [nodeProto("MatMul", ["x", "w"], ["h"]), nodeProto("Tanh", ["h"], ["y"])], initializers: [w] }));
  });

  it("may be Constants of every kind", async () => {
    const sparse = sparseTensor([3, 3], [0, 4, 5], [2, -1, 0.5]);
    const sparseNode = nodeProto("Constant", [], ["w"]);
    sparseNode.attribute.push(withFields(attributeProto("sparse_value", 0), { type: 11, sparseTensor: sparse } as never));
    await check(
      modelProto({
        ...parts,
        nodes: [
          sparseNode,
          nodeProto("Constant", [], ["shift"], { value_floats: float([0.1, -0.2, 0.3]) }),
          nodeProto("Constant", [], ["scale"], { value_float: float(1.5) }),
          nodeProto("Constant", [], ["axis"], { value_int: 1 }),
          nodeProto("Constant", [], ["shape"], { value_ints: [-1, 3] }),
          nodeProto("MatMul", ["x", "w"], ["a"]),
          nodeProto("Add", ["a", "shift"], ["b"]),
          nodeProto("Mul", ["b", "scale"], ["c"]),
          nodeProto("CumSum", ["c", "axis"], ["d"]),
          nodeProto("Tanh", ["d"], ["e"]),
          nodeProto("Reshape", ["e", "shape"], ["y"]),
        ],
      }),
    );
  });

  it("may be sparse initializers, with positions or coordinates", async () => {
    for (const width of [1, 2] as const) {
      const model = modelProto({ ...parts, nodes: [nodeProto("MatMul", ["x", "w"], ["h"]), nodeProto("Tanh", ["h"], ["y"])] });
      const graph = withFields(model.graph!, { sparseInitializer: [sparseTensor([3, 3], [0, 4, 5], [2, -1, 0.5], width)] as never });
      await check(withFields(model, { graph }));
    }
  });

  it("of more than a megabyte go to either engine on their own", async () => {
    const wide = modelProto({
      nodes: [nodeProto("MatMul", ["x", "a"], ["h"]), nodeProto("Relu", ["h"], ["r"]), nodeProto("MatMul", ["r", "b"], ["y"])],
      ...parts,
      initializers: [weights("a", 1, [3, 100_000]), weights("b", 2, [100_000, 3])],
    });
    const input = randomTensor(3, [1, 3]);
    const results = await Promise.all(
      (["onnxruntime-node", "onnxruntime-web"] as const).map(async (engine) => {
        const loaded = await loadModel(writeModel(wide), { engine });
        const { gradients } = await loaded.vjp({ feeds: { x: input }, target: 1 });
        await loaded.dispose();
        return gradients["x"]!;
      }),
    );
    const [a, b] = wide.graph!.initializer.map((tensor) => tensorData(tensor).data as Float32Array) as [Float32Array, Float32Array];
    const expected = new Float64Array(3);
    for (let k = 0; k < 100_000; k++) {
      const h = [0, 1, 2].reduce((sum, i) => sum + input.data[i]! * a[i * 100_000 + k]!, 0);
      if (h > 0) for (let i = 0; i < 3; i++) expected[i]! += b[k * 3 + 1]! * a[i * 100_000 + k]!;
    }
    for (const gradient of results) expect(gradientError(gradient, { dims: [1, 3], data: expected })).toBeLessThan(1e-4);
  });
});

/** A sparse initializer "w" in coordinate form. */
function sparseTensor(dims: readonly number[], positions: readonly number[], values: readonly number[], width: 1 | 2 = 1): unknown {
  const columns = dims[1]!;
  const indices =
    width === 1
      ? intList("", positions)
      : intList(
          "",
          positions.flatMap((position) => [Math.floor(position / columns), position % columns]),
          [positions.length, 2],
        );
  return { $typeName: "onnx.SparseTensorProto", values: tensorProto("w", float32([values.length], values)), indices, dims: dims.map(BigInt) };
}
