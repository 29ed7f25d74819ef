import type { FloatTensor } from "@xdeep/core";
import { float, nodeProto, tensorProto } from "@xdeep/onnx";
import type { NodeProto, TensorProto } from "@xdeep/onnx";

import type { ActivationName, LayerOf, Window } from "../networks/layer.ts";
import type { NetworkNode } from "../networks/network.ts";
import { axisGeometry } from "../reference/window-taps.ts";

/** The operators that one layer becomes, and their weights. */
export interface OnnxLayer {
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
}

/** A layer as ONNX operators of opset 18. `dims` are those of its first input, for one row. */
export function onnxLayer({ name, layer, from }: NetworkNode, dims: readonly number[]): OnnxLayer {
  const weights: TensorProto[] = [];
  const constant = (part: string, tensor: Parameters<typeof tensorProto>[1]): string => {
    weights.push(tensorProto(`${name}/${part}`, tensor));
    return `${name}/${part}`;
  };
  const single = (op: string, inputs: readonly string[], attributes: Parameters<typeof nodeProto>[3] = {}): OnnxLayer => ({
    nodes: [nodeProto(op, inputs, [name], attributes, { name: `/${name}` })],
    initializers: weights,
  });
  const x = from[0]!;
  switch (layer.op) {
    case "dense":
      return single("Gemm", [x, constant("kernel", layer.kernel), constant("bias", layer.bias)]);
    case "conv2d":
      return single("Conv", [x, constant("kernel", layer.kernel), constant("bias", layer.bias)], convolutionAttributes(layer.window, dims));
    case "depthwiseConv2d":
      return single("Conv", [x, constant("kernel", layer.kernel), constant("bias", layer.bias)], {
        ...convolutionAttributes(layer.window, dims),
        group: dims[0]!,
      });
    case "maxPool":
      return single("MaxPool", [x], poolAttributes(layer.window, dims));
    case "averagePool":
      return single("AveragePool", [x], { ...poolAttributes(layer.window, dims), count_include_pad: 0 });
    case "globalAveragePool": {
      const pooled = nodeProto("GlobalAveragePool", [x], [`${name}/pooled`], {}, { name: `/${name}/pool` });
      return { nodes: [pooled, nodeProto("Flatten", [`${name}/pooled`], [name], { axis: 1 }, { name: `/${name}` })], initializers: [] };
    }
    case "batchNorm": {
      const parts = (["scale", "offset", "mean", "variance"] as const).map((part) => constant(part, layer[part]));
      return single("BatchNormalization", [x, ...parts], { epsilon: float(layer.epsilon) });
    }
    case "layerNorm":
      return single("LayerNormalization", [x, constant("scale", layer.scale), constant("offset", layer.offset)], { axis: -1, epsilon: float(layer.epsilon) });
    case "activation":
      return layer.name === "relu6" ? single("Clip", [x, constant("min", scalar(0)), constant("max", scalar(6))]) : single(...activation(layer, x));
    case "softmax":
      return single("Softmax", [x], { axis: -1 });
    case "logSoftmax":
      return single("LogSoftmax", [x], { axis: -1 });
    case "add":
      return single("Add", from);
    case "multiply":
      return single("Mul", from);
    case "product": {
      if (!layer.transposed) return single("MatMul", from);
      const turned = nodeProto("Transpose", [from[1]!], [`${name}/transposed`], { perm: [0, 2, 1] }, { name: `/${name}/transpose` });
      return { nodes: [turned, nodeProto("MatMul", [x, `${name}/transposed`], [name], {}, { name: `/${name}` })], initializers: [] };
    }
    case "concat":
      return single("Concat", from, { axis: 1 });
    case "flatten":
      return single("Flatten", [x], { axis: 1 });
    case "embedding":
      return single("Gather", [constant("table", layer.table), x], { axis: 0 });
  }
}

const OPERATORS: Readonly<Record<Exclude<ActivationName, "relu6">, string>> = {
  elu: "Elu",
  leakyRelu: "LeakyRelu",
  relu: "Relu",
  sigmoid: "Sigmoid",
  softplus: "Softplus",
  tanh: "Tanh",
};

function activation({ name, alpha }: LayerOf<"activation">, x: string): [op: string, inputs: readonly string[], attributes: Parameters<typeof nodeProto>[3]] {
  const takesAlpha = name === "elu" || name === "leakyRelu";
  return [OPERATORS[name as keyof typeof OPERATORS], [x], takesAlpha ? { alpha: float(alpha) } : {}];
}

function convolutionAttributes(window: Window, dims: readonly number[]): Readonly<Record<string, readonly number[]>> {
  const { kernel_shape, strides, pads } = poolAttributes(window, dims);
  return { kernel_shape: kernel_shape!, strides: strides!, pads: pads!, dilations: window.dilation };
}

function poolAttributes(window: Window, [, height, width]: readonly number[]): Readonly<Record<string, readonly number[]>> {
  const rows = axisGeometry(window, 0, height!);
  const columns = axisGeometry(window, 1, width!);
  return { kernel_shape: window.size, strides: window.stride, pads: [rows.before, columns.before, rows.after, columns.after] };
}

function scalar(value: number): FloatTensor {
  return { type: "float32", dims: [], data: Float32Array.of(value) };
}
