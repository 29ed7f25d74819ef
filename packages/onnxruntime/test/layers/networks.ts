import { type Model, type Tensor, float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type ModelProto, type NodeProto, type TensorProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";

import { loadModel } from "../../src/index.ts";

/** Seeded normal numbers. */
export function numbers(seed: number, count: number): Float32Array {
  return Float32Array.from(createNoise(seed).next(count));
}

export function weight(name: string, seed: number, dims: readonly number[]): TensorProto {
  return tensorProto(name, {
    type: "float32",
    dims,
    data: numbers(
      seed,
      dims.reduce((size, dim) => size * dim, 1),
    ),
  });
}

/** Pictures [N, 2, 6, 6], a convolution with ReLU h [N, 4, 6, 6], and what comes behind it: 3 scores. */
function pictures(nodes: readonly NodeProto[], initializers: readonly TensorProto[]): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("image", "float32", ["N", 2, 6, 6])],
    outputs: [valueInfoProto("logits", "float32", ["N", 3])],
    initializers: [weight("k", 1, [4, 2, 3, 3]), weight("bias", 2, [4]), ...initializers],
    nodes: [nodeProto("Conv", ["image", "k", "bias"], ["z"], { pads: [1, 1, 1, 1] }), nodeProto("Relu", ["z"], ["h"]), ...nodes],
  });
}

/** Weights of the linear layer behind a pool, [4, 3], and behind a flatten, [144, 3]. */
export const LINEAR: Float32Array = numbers(3, 12);
export const FLAT_BIAS: Float32Array = Float32Array.of(0.5, -1, 2);

export const pooled = (): Promise<Model> =>
  loadModel(
    writeModel(
      pictures(
        [nodeProto("GlobalAveragePool", ["h"], ["g"]), nodeProto("Flatten", ["g"], ["f"]), nodeProto("MatMul", ["f", "w"], ["logits"])],
        [tensorProto("w", { type: "float32", dims: [4, 3], data: LINEAR })],
      ),
    ),
  );

/** Two branches of one width behind the layer, put together along an axis, as a block of an Inception network ends. */
export const branched = (axis: number): Promise<Model> =>
  loadModel(
    writeModel(
      pictures(
        [
          nodeProto("Conv", ["h", "k1"], ["left"]),
          nodeProto("Conv", ["h", "k2"], ["right"], { pads: [1, 1, 1, 1] }),
          nodeProto("Concat", ["left", "right"], ["joined"], { axis }),
          nodeProto("GlobalAveragePool", ["joined"], ["g"]),
          nodeProto("Flatten", ["g"], ["f"]),
          nodeProto("Gemm", ["f", "w"], ["logits"]),
        ],
        [weight("k1", 5, [4, 4, 1, 1]), weight("k2", 6, [4, 4, 3, 3]), weight("w", 7, [axis === 1 ? 8 : 4, 3])],
      ),
    ),
  );

/** A root of the layer's values: no finite derivative where ReLU cut them off. */
export const rooted = (): Promise<Model> =>
  loadModel(
    writeModel(
      pictures(
        [
          nodeProto("Sqrt", ["h"], ["root"]),
          nodeProto("GlobalAveragePool", ["root"], ["g"]),
          nodeProto("Flatten", ["g"], ["f"]),
          nodeProto("MatMul", ["f", "w"], ["logits"]),
        ],
        [tensorProto("w", { type: "float32", dims: [4, 3], data: LINEAR })],
      ),
    ),
  );

export const flattened = (): Promise<Model> =>
  loadModel(
    writeModel(
      pictures(
        [nodeProto("Flatten", ["h"], ["f"]), nodeProto("Gemm", ["f", "w", "b"], ["logits"])],
        [weight("w", 4, [144, 3]), tensorProto("b", { type: "float32", dims: [3], data: FLAT_BIAS })],
      ),
    ),
  );

/** Two layers of self-attention with two heads of size 2 over 5 tokens; token 0 is scored. */
export const transformer = (): Promise<Model> => {
  const ints = (name: string, ...values: number[]): TensorProto =>
    tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values.map(BigInt)) });
  const layer = (l: number, from: string, to: string): readonly NodeProto[] => [
    ...["q", "k", "v"].flatMap((part) => [
      nodeProto("MatMul", [from, `${part}${l}`], [`${part}Flat${l}`]),
      nodeProto("Reshape", [`${part}Flat${l}`, "heads"], [`${part}Split${l}`]),
      nodeProto("Transpose", [`${part}Split${l}`], [`${part}Heads${l}`], { perm: part === "k" ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
    ]),
    nodeProto("MatMul", [`qHeads${l}`, `kHeads${l}`], [`scores${l}`]),
    nodeProto("Softmax", [`scores${l}`], [`a${l}`], { axis: -1 }),
    nodeProto("MatMul", [`a${l}`, `vHeads${l}`], [`mixed${l}`]),
    nodeProto("Transpose", [`mixed${l}`], [`back${l}`], { perm: [0, 2, 1, 3] }),
    nodeProto("Reshape", [`back${l}`, "joined"], [`out${l}`]),
    nodeProto("Add", [from, `out${l}`], [to]),
  ];
  return loadModel(
    writeModel(
      modelProto({
        inputs: [valueInfoProto("tokens", "float32", ["N", 5, 4])],
        outputs: [valueInfoProto("logits", "float32", ["N", 3])],
        initializers: [
          ...[0, 1].flatMap((l) => ["q", "k", "v"].map((part, i) => weight(`${part}${l}`, 10 + 3 * l + i, [4, 4]))),
          weight("w", 20, [4, 3]),
          ints("heads", 0, 0, 2, 2),
          ints("joined", 0, 0, 4),
          tensorProto("first", { type: "int64", dims: [], data: BigInt64Array.of(0n) }),
        ],
        nodes: [
          ...layer(0, "tokens", "x1"),
          ...layer(1, "x1", "x2"),
          nodeProto("Gather", ["x2", "first"], ["cls"], { axis: 1 }),
          nodeProto("MatMul", ["cls", "w"], ["logits"]),
        ],
      }),
    ),
  );
};

export const image = (rows: number, seed = 7): Tensor & { readonly data: Float32Array } => float32([rows, 2, 6, 6], numbers(seed, rows * 72)) as never;
export const tokens = (rows: number, seed = 8): Tensor => float32([rows, 5, 4], numbers(seed, rows * 20));
