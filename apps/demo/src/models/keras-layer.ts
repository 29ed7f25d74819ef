import { type FloatTensor, XDeepError } from "@xdeep/core";
import { Attributes, type NodeProto } from "@xdeep/onnx";
import { transpose } from "./transpose.ts";

/** What Keras calls an operator and its settings, and the weights by the names that Keras gives them. */
export interface KerasLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: Readonly<Record<string, FloatTensor>>;
}

type Convert = (node: NodeProto, weights: readonly FloatTensor[]) => KerasLayer;

const CHANNELS_LAST = { data_format: "channels_last" };

const LAYERS: Readonly<Record<string, Convert>> = {
  Conv: convolution,
  MaxPool: maxPooling,
  Gemm: dense,
  Relu: () => ({ className: "Activation", config: { activation: "relu" }, weights: {} }),
  Add: () => ({ className: "Add", config: {}, weights: {} }),
  GlobalAveragePool: () => ({ className: "GlobalAveragePooling2D", config: CHANNELS_LAST, weights: {} }),
};

/**
 * The twin of an ONNX operator in Keras, channels last.
 *
 * @param weights those inputs of the node that are constants, in order
 * @throws {XDeepError} MODEL_UNSUPPORTED for what the network of the demo does not hold
 */
export function kerasLayer(node: NodeProto, weights: readonly FloatTensor[]): KerasLayer {
  const convert = Object.hasOwn(LAYERS, node.opType) ? LAYERS[node.opType]! : unsupported(node, `only ${Object.keys(LAYERS).join(", ")} are known`);
  const layer = convert(node, weights);
  demand(node, Object.keys(layer.weights).length === weights.length, `it must not have ${weights.length} constant inputs`);
  return layer;
}

/** Filters OIHW become HWIO. */
function convolution(node: NodeProto, weights: readonly FloatTensor[]): KerasLayer {
  const [filters, bias] = pairOf(node, weights);
  const [units, , height, width] = filters.dims as [number, number, number, number];
  const around = [Math.floor(height / 2), Math.floor(width / 2)];
  demand(node, height % 2 === 1 && width % 2 === 1, "its filters need an odd height and width");
  demandSettings(node, { pads: [...around, ...around], strides: [1, 1], dilations: [1, 1], group: 1 });
  return {
    className: "Conv2D",
    config: {
      filters: units,
      kernel_size: [height, width],
      strides: [1, 1],
      padding: "same",
      ...CHANNELS_LAST,
      dilation_rate: [1, 1],
      activation: "linear",
      use_bias: true,
    },
    weights: { kernel: transpose(filters, [2, 3, 1, 0]), bias },
  };
}

function maxPooling(node: NodeProto): KerasLayer {
  const attributes = new Attributes(node);
  demandSettings(node, { pads: [0, 0, 0, 0], dilations: [1, 1], ceil_mode: 0 });
  return {
    className: "MaxPooling2D",
    config: { pool_size: attributes.ints("kernel_shape", []), strides: attributes.ints("strides", [1, 1]), padding: "valid", ...CHANNELS_LAST },
    weights: {},
  };
}

/** Weights [units, inputs] become [inputs, units]. */
function dense(node: NodeProto, weights: readonly FloatTensor[]): KerasLayer {
  const [matrix, bias] = pairOf(node, weights);
  const attributes = new Attributes(node);
  demandSettings(node, { transA: 0, transB: 1 });
  demand(node, attributes.float("alpha", 1) === 1 && attributes.float("beta", 1) === 1, "alpha and beta must be 1");
  return {
    className: "Dense",
    config: { units: matrix.dims[0], activation: "linear", use_bias: true },
    weights: { kernel: transpose(matrix, [1, 0]), bias },
  };
}

function pairOf(node: NodeProto, [kernel, bias]: readonly FloatTensor[]): readonly [FloatTensor, FloatTensor] {
  return kernel === undefined || bias === undefined ? unsupported(node, "it needs constant weights and a constant bias") : [kernel, bias];
}

/** ONNX's own values where an attribute is absent. */
const DEFAULTS = { pads: 0, strides: 1, dilations: 1, group: 1, ceil_mode: 0, transA: 0, transB: 0 } as const;

type Settings = Partial<Record<keyof typeof DEFAULTS, number | readonly number[]>>;

function demandSettings(node: NodeProto, settings: Settings): void {
  const attributes = new Attributes(node);
  demand(node, attributes.string("auto_pad", "NOTSET") === "NOTSET", "it needs its padding in numbers");
  for (const [key, value] of Object.entries(settings)) {
    const fallback = DEFAULTS[key as keyof typeof DEFAULTS];
    const got =
      typeof value === "number"
        ? attributes.int(key, fallback)
        : attributes.ints(
            key,
            value.map(() => fallback),
          );
    demand(node, String(got) === String(value), `${key} must be ${value}, got ${got}`);
  }
}

function demand(node: NodeProto, holds: boolean, expected: string): void {
  if (!holds) unsupported(node, expected);
}

function unsupported(node: NodeProto, expected: string): never {
  throw new XDeepError("MODEL_UNSUPPORTED", `${node.opType} "${node.name}" cannot be written for TensorFlow.js here: ${expected}.`, {
    details: { op: node.opType, node: node.name, expected },
  });
}
