import { type FloatTensor, float32 } from "@xdeep/core";
import { type ModelProto, type ModelParts, type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { loadModel } from "../src/load-model.ts";
import { randomTensor } from "./small-models.ts";

const bytes = (name: string, dims: readonly number[], data: readonly number[]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "uint8", dims, data: Uint8Array.from(data) });
const floats = (name: string, dims: readonly number[], data: readonly number[]): ReturnType<typeof tensorProto> => tensorProto(name, float32(dims, data));

function model(nodes: readonly NodeProto[], dims: readonly (number | string)[], initializers: ModelParts["initializers"] = []): ModelProto {
  return modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", dims)],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers,
    opset: 18,
    domains: { "com.microsoft": 1 },
  });
}

/** What ONNX Runtime makes of the file itself. */
async function run(file: ModelProto, x: FloatTensor): Promise<readonly number[]> {
  const session = await InferenceSession.create(writeModel(file));
  const { y } = await session.run({ x: new Tensor("float32", x.data, x.dims) });
  return [...(y!.data as Float32Array)];
}

const close = (values: Iterable<number>, digits = 5): readonly number[] => [...values].map((value) => expect.closeTo(value, digits) as number);

async function explained(
  file: ModelProto,
  x: FloatTensor,
  target: number,
): Promise<{ readonly y: readonly number[]; readonly dx: readonly number[]; readonly notes: string }> {
  await using loaded = await loadModel(writeModel(file));
  const { outputs, gradients, notes } = await loaded.vjp({ feeds: { x }, target });
  return { y: [...outputs["y"]!.data].map(Number), dx: [...gradients["x"]!.data], notes: String(notes) };
}

/** The product as quantize_dynamic of ONNX Runtime writes it. */
const dynamic = (product: NodeProto): readonly NodeProto[] => [
  nodeProto("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
  product,
  nodeProto("Cast", ["p"], ["f"], { to: 1 }),
  nodeProto("Mul", ["s", "ws"], ["both"]),
  nodeProto("Mul", ["f", "both"], ["scaled"]),
];

describe("dynamic quantization", () => {
  it("lets gradients straight through products with quantized weights", async () => {
    const w = [130, 120, 128, 0, 255, 131];
    const file = model(
      [...dynamic(nodeProto("MatMulInteger", ["q", "w", "z", "wz"], ["p"])), nodeProto("Relu", ["scaled"], ["y"])],
      ["N", 3],
      [bytes("w", [3, 2], w), bytes("wz", [2], [128, 127]), floats("ws", [], [0.125])],
    );
    const x = float32([1, 3], [0.7, -0.3, 1.9]);
    const { y, dx, notes } = await explained(file, x, 0);
    expect(y).toEqual(close(await run(file, x)));
    expect(dx).toEqual(close([0, 2, 4].map((i) => (w[i]! - 128) * 0.125)));
    expect(notes).toContain("1 QuantizeLinear node");
  });

  it("lets gradients straight through convolutions with quantized weights", async () => {
    const w = [130, 120, 128, 0];
    const file = model(
      [...dynamic(nodeProto("ConvInteger", ["q", "w", "z", "wz"], ["p"])), nodeProto("Flatten", ["scaled"], ["y"])],
      ["N", 1, 2, 3],
      [bytes("w", [1, 1, 2, 2], w), bytes("wz", [], [127]), floats("ws", [], [0.5])],
    );
    const x = randomTensor(4, [1, 1, 2, 3]);
    const { y, dx } = await explained(file, x, 1);
    expect(y).toEqual(close(await run(file, x), 4));
    const [a, b, c, d] = w.map((value) => (value - 127) * 0.5);
    expect(dx).toEqual(close([0, a!, b!, 0, c!, d!]));
  });
});

it("integers that are turned and cast behind QuantizeLinear stand for real numbers still", async () => {
  const nodes = [
    nodeProto("QuantizeLinear", ["x", "s"], ["q"]),
    nodeProto("Transpose", ["q"], ["t"], { perm: [0, 2, 1] }),
    nodeProto("Cast", ["t"], ["f"], { to: 1 }),
    nodeProto("Mul", ["f", "w"], ["y"]),
  ];
  const file = model(nodes, ["N", 2, 2], [floats("s", [], [0.5]), floats("w", [2, 2], [1, 2, 3, 4])]);
  await using loaded = await loadModel(writeModel(file));
  const x = float32([1, 2, 2], [1, 2, 3, 4]);
  const { gradients } = await loaded.vjp({ feeds: { x }, cotangent: float32([1, 2, 2], [1, 1, 1, 1]) });
  expect([...gradients["x"]!.data]).toEqual([2, 6, 4, 8]);
});

describe("MatMulNBits", () => {
  const packed = (length: number): readonly number[] => Array.from({ length }, (_, i) => (i * 37 + 11) % 256);

  it.each([
    ["4 bits", 4, 20, []],
    ["4 bits with zero points", 4, 36, [bytes("z", [4], [0x3a, 0x05, 0x91, 0x0c])]],
    ["8 bits", 8, 20, []],
    ["2 bits with zero points of floats", 2, 20, [floats("z", [2, 2], [1, 2, 0.5, 3])]],
  ] as const)("of %s is explained by the weights that ONNX Runtime multiplies by", async (_, bits, K, zeros) => {
    const [N, block] = [2, 16];
    const blocks = Math.ceil(K / block);
    const inputs = ["x", "w", "s", ...(zeros.length === 0 ? [] : ["z"])];
    const file = model(
      [nodeProto("MatMulNBits", inputs, ["y"], { K, N, bits, block_size: block }, { domain: "com.microsoft" })],
      ["N", K],
      [
        bytes("w", [N, blocks, (block * bits) / 8], packed((N * blocks * block * bits) / 8)),
        floats(
          "s",
          [N, blocks],
          Array.from({ length: N * blocks }, (_, i) => 0.25 * (i + 1)),
        ),
        ...zeros,
      ],
    );
    const unit = float32(
      [K, K],
      Float32Array.from({ length: K * K }, (_, i) => (i % (K + 1) === 0 ? 1 : 0)),
    );
    const matrix = await run(file, unit);
    const x = randomTensor(5, [1, K]);
    const { y, dx } = await explained(file, x, 1);
    expect(dx).toEqual(close(matrix.filter((_, i) => i % N === 1)));
    expect(y).toEqual(close(await run(file, x), 3));
  });
});
