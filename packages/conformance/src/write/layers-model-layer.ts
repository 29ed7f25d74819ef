import type { FloatTensor } from "@xdeep/core";

import type { ActivationName, Layer, Window } from "../networks/layer.ts";
import type { NetworkNode } from "../networks/network.ts";

/** A layer of a LayersModel: what model.json holds of it, and its weights by name. */
export interface KerasLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: Readonly<Record<string, FloatTensor>>;
}

/** A layer in the terms of Keras, channels last. Its dtype and name are left to the writer. */
export function kerasLayer({ layer }: NetworkNode): KerasLayer {
  switch (layer.op) {
    case "dense":
      return {
        className: "Dense",
        config: { units: layer.bias.data.length, activation: "linear", use_bias: true },
        weights: { kernel: layer.kernel, bias: layer.bias },
      };
    case "conv2d":
      return {
        className: "Conv2D",
        config: { filters: layer.bias.data.length, ...convolutionConfig(layer.window) },
        weights: { kernel: permute(layer.kernel, [2, 3, 1, 0]), bias: layer.bias },
      };
    case "depthwiseConv2d":
      return {
        className: "DepthwiseConv2D",
        config: { depth_multiplier: layer.multiplier, ...convolutionConfig(layer.window) },
        weights: { depthwise_kernel: depthwiseKernel(layer.kernel, layer.multiplier), bias: layer.bias },
      };
    case "maxPool":
      return bare("MaxPooling2D", poolConfig(layer.window));
    case "averagePool":
      return bare("AveragePooling2D", poolConfig(layer.window));
    case "globalAveragePool":
      return bare("GlobalAveragePooling2D", { data_format: "channels_last" });
    case "batchNorm":
      return {
        className: "BatchNormalization",
        config: { axis: -1, momentum: 0.99, epsilon: layer.epsilon, center: true, scale: true },
        weights: { gamma: layer.scale, beta: layer.offset, moving_mean: layer.mean, moving_variance: layer.variance },
      };
    case "layerNorm":
      return {
        className: "LayerNormalization",
        config: { axis: -1, epsilon: layer.epsilon, center: true, scale: true },
        weights: { gamma: layer.scale, beta: layer.offset },
      };
    case "activation":
      return activation(layer.name, layer.alpha);
    case "softmax":
      return bare("Activation", { activation: "softmax" });
    case "logSoftmax":
      return bare("Activation", { activation: "logSoftmax" });
    case "add":
      return bare("Add", {});
    case "multiply":
      return bare("Multiply", {});
    case "product":
      return bare("Dot", { axes: layer.transposed ? [2, 2] : [2, 1], normalize: false });
    case "concat":
      return bare("Concatenate", { axis: -1 });
    case "flatten":
      return bare("Flatten", {});
    case "embedding":
      return { className: "Embedding", config: { input_dim: layer.table.dims[0], output_dim: layer.table.dims[1] }, weights: { embeddings: layer.table } };
  }
}

/** Whether a layer reads images row-major and so needs them turned to channels first. */
export function readsRowMajor(layer: Layer): boolean {
  return layer.op === "flatten";
}

function activation(name: ActivationName, alpha: number): KerasLayer {
  switch (name) {
    case "relu":
      return bare("Activation", { activation: "relu" });
    case "relu6":
      return bare("ReLU", { max_value: 6 });
    case "leakyRelu":
      return bare("LeakyReLU", { alpha });
    case "elu":
      return bare("ELU", { alpha });
    default:
      return bare("Activation", { activation: name });
  }
}

function bare(className: string, config: Readonly<Record<string, unknown>>): KerasLayer {
  return { className, config, weights: {} };
}

function convolutionConfig(window: Window): Readonly<Record<string, unknown>> {
  const { size, stride, dilation, padding } = window;
  return { kernel_size: size, strides: stride, dilation_rate: dilation, padding, data_format: "channels_last", activation: "linear", use_bias: true };
}

function poolConfig({ size, stride, padding }: Window): Readonly<Record<string, unknown>> {
  return { pool_size: size, strides: stride, padding, data_format: "channels_last" };
}

/** [C · M, 1, h, w] → [h, w, C, M]. */
function depthwiseKernel(kernel: FloatTensor, multiplier: number): FloatTensor {
  const [filters = 0, , height = 0, width = 0] = kernel.dims;
  return permute({ ...kernel, dims: [filters / multiplier, multiplier, height, width] }, [2, 3, 0, 1]);
}

/** The axes of a tensor in another order: axis i of the result is axis `axes[i]` of the source. */
function permute({ dims, data }: FloatTensor, axes: readonly number[]): FloatTensor {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((size, dim) => size * dim, 1));
  const target = axes.map((axis) => dims[axis]!);
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let source = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      source += (rest % target[axis]!) * strides[axes[axis]!]!;
      rest = Math.floor(rest / target[axis]!);
    }
    values[i] = data[source]!;
  }
  return { type: "float32", dims: target, data: values };
}
