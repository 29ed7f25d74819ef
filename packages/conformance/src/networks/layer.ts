import type { FloatTensor } from "@xdeep/core";

/** How a window moves over an image [C, H, W]. `same`: ⌈size / stride⌉ positions, the odd cell of padding after the image. */
export interface Window {
  /** [height, width]. */
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: "same" | "valid";
}

/** Functions of one number. */
export type ActivationName = "elu" | "leakyRelu" | "relu" | "relu6" | "sigmoid" | "softplus" | "tanh";

/** One layer with its weights: the small set that ONNX and TensorFlow.js both have. Dims are those of one row, images [C, H, W]. */
export type Layer =
  /** y = x W + b; kernel [in, out], bias [out]. */
  | { readonly op: "dense"; readonly kernel: FloatTensor; readonly bias: FloatTensor }
  /** Cross-correlation; kernel [out, in, h, w], bias [out]. */
  | { readonly op: "conv2d"; readonly kernel: FloatTensor; readonly bias: FloatTensor; readonly window: Window }
  /** Each channel with its own `multiplier` filters; kernel [C · multiplier, 1, h, w], bias [C · multiplier]. */
  | { readonly op: "depthwiseConv2d"; readonly kernel: FloatTensor; readonly bias: FloatTensor; readonly window: Window; readonly multiplier: number }
  | { readonly op: "maxPool" | "averagePool"; readonly window: Window }
  /** [C, H, W] → [C]. */
  | { readonly op: "globalAveragePool" }
  /** By channel; each [C]. */
  | {
      readonly op: "batchNorm";
      readonly scale: FloatTensor;
      readonly offset: FloatTensor;
      readonly mean: FloatTensor;
      readonly variance: FloatTensor;
      readonly epsilon: number;
    }
  /** Over the last axis. */
  | { readonly op: "layerNorm"; readonly scale: FloatTensor; readonly offset: FloatTensor; readonly epsilon: number }
  /** `alpha` is the slope or the bound of the negative side, where there is one. */
  | { readonly op: "activation"; readonly name: ActivationName; readonly alpha: number }
  /** Over the last axis; logSoftmax of a row of rank 1. */
  | { readonly op: "softmax" | "logSoftmax" }
  /** Of values of equal dims, or with a scalar []. */
  | { readonly op: "add" | "multiply" }
  /** Of two matrices, [T, D] and [D, S], or [S, D] where the second is transposed. */
  | { readonly op: "product"; readonly transposed: boolean }
  /** Along the channel axis, the first of a row. */
  | { readonly op: "concat" }
  /** Row-major, so that images are read channel by channel. */
  | { readonly op: "flatten" }
  /** int32 indices [L] → rows of the table, [L, width]; table [count, width]. */
  | { readonly op: "embedding"; readonly table: FloatTensor };

export type LayerOf<O extends Layer["op"]> = Extract<Layer, { readonly op: O }>;
