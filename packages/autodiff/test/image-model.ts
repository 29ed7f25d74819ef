import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type AttributeValue, type ModelProto, type NodeProto, type TensorProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";

type Dims = readonly (number | string)[];

/** An operator with its attributes and the constants that follow its first input: dims of seeded weights, or the numbers of a list or scalar. */
export type Layer = readonly [op: string, attributes?: Readonly<Record<string, AttributeValue>>, ...constants: readonly Constant[]];

export type Constant = { readonly dims: readonly number[]; readonly values?: readonly number[] };

/** Layers one after the other, from "x" to "y"; the value behind layer i is "v1", "v2", … */
export function imageModel(layers: readonly Layer[], input: { readonly dims: Dims }): ModelProto {
  const initializers: TensorProto[] = [];
  const nodes = layers.map(([op, attributes = {}, ...constants], i): NodeProto => {
    const names = constants.map((constant, k) => {
      const name = `${op}_${i}_${k}`;
      initializers.push(tensorProto(name, { type: "float32", dims: constant.dims, data: numbers(constant, i * 10 + k) }));
      return name;
    });
    return nodeProto(op, [i === 0 ? "x" : `v${i}`, ...names], [i === layers.length - 1 ? "y" : `v${i + 1}`], attributes, { name: `${op}_${i}` });
  });
  return graphModel(nodes, input.dims, initializers);
}

/** Nodes from "x" to "y". */
export function graphModel(nodes: readonly NodeProto[], dims: Dims, initializers: readonly TensorProto[] = []): ModelProto {
  return modelProto({ nodes, inputs: [valueInfoProto("x", "float32", dims)], outputs: [valueInfoProto("y", "float32", null)], initializers, opset: 18 });
}

/** A convolution with seeded weights. */
export function conv(outputs: number, inputs: number, kernel: number, options: Readonly<Record<string, AttributeValue>> = {}): Layer {
  const group = (options["group"] as number | undefined) ?? 1;
  return ["Conv", { kernel_shape: [kernel, kernel], ...options }, { dims: [outputs, inputs / group, kernel, kernel] }, { dims: [outputs] }];
}

/** BatchNormalization with seeded statistics. */
export function batchNorm(channels: number): Layer {
  const positive = Array.from({ length: channels }, (_, i) => 0.5 + (i % 5) / 4);
  const dims = [channels];
  return ["BatchNormalization", {}, { dims, values: positive.toReversed() }, { dims }, { dims }, { dims, values: positive }];
}

function numbers({ dims, values }: Constant, seed: number): Float32Array {
  return values === undefined ? Float32Array.from(createNoise(seed + 1).next(sizeOf(dims)), (value) => value / 4) : Float32Array.from(values);
}
