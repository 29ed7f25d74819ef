import { XDeepError } from "@xdeep/core";
import { joinArrays } from "@xdeep/core/backend";

import type { Network, NetworkInput, NetworkNode } from "../networks/network.ts";
import { shapesOf } from "../reference/shapes.ts";
import { kerasLayer, readsRowMajor } from "./layers-model-layer.ts";

/** What TensorFlow.js reads from model.json and its weight file, as plain data: `tf.io.fromMemory(artifacts)` takes it as it is. */
export interface LayersModelArtifacts {
  readonly format: "layers-model";
  readonly modelTopology: Readonly<Record<string, unknown>>;
  readonly weightSpecs: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: "float32" }[];
  readonly weightData: ArrayBuffer;
}

interface LayerConfig {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: readonly unknown[];
}

/**
 * A network as a TensorFlow.js LayersModel: images [N, H, W, C], the same weights in Keras's order, layers under their own names.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED where an input has no batch axis
 */
export function writeLayersModel(network: Network): LayersModelArtifacts {
  const whole = network.inputs.find(({ batched }) => batched === false);
  if (whole !== undefined) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `Input "${whole.name}" has no batch axis, as every input of a LayersModel has. Take another form of the network.`,
      {
        details: { input: whole.name },
      },
    );
  }
  const shapes = shapesOf(network);
  const weights = network.nodes.flatMap((node) => Object.entries(kerasLayer(node).weights).map(([part, tensor]) => [`${node.name}/${part}`, tensor] as const));
  const layers = [...network.inputs.map((input) => inputLayer(input, network)), ...network.nodes.flatMap((node) => layerConfigs(node, shapes))];
  const config = {
    name: "network",
    layers,
    input_layers: network.inputs.map(({ name }) => [name, 0, 0]),
    output_layers: network.outputs.map((name) => [name, 0, 0]),
  };
  return {
    format: "layers-model",
    modelTopology: { keras_version: "2.4.0", backend: "tensorflow", model_config: { class_name: "Functional", config } },
    weightSpecs: weights.map(([name, { dims }]) => ({ name, shape: dims, dtype: "float32" })),
    weightData: joinArrays(
      Float32Array,
      weights.map(([, tensor]) => tensor.data),
    ).buffer as ArrayBuffer,
  };
}

function inputLayer({ name, type, dims }: NetworkInput, { batch = null }: { readonly batch?: number | null }): LayerConfig {
  return { class_name: "InputLayer", name, config: { name, dtype: type, sparse: false, batch_input_shape: [batch, ...channelsLast(dims)] }, inbound_nodes: [] };
}

function layerConfigs(node: NetworkNode, shapes: ReadonlyMap<string, readonly number[]>): readonly LayerConfig[] {
  const { className, config } = kerasLayer(node);
  const turned = readsRowMajor(node.layer) && shapes.get(node.from[0]!)!.length === 3;
  const layer = (class_name: string, name: string, options: object, from: readonly string[]): LayerConfig => ({
    class_name,
    name,
    config: { name, trainable: false, dtype: "float32", ...options },
    inbound_nodes: [from.map((source) => [source, 0, 0, {}])],
  });
  if (!turned) return [layer(className, node.name, config, node.from)];
  const channelsFirst = `${node.name}_channels_first`;
  return [layer("Permute", channelsFirst, { dims: [3, 1, 2] }, node.from), layer(className, node.name, config, [channelsFirst])];
}

function channelsLast(dims: readonly number[]): readonly number[] {
  return dims.length === 3 ? [...dims.slice(1), dims[0]!] : dims;
}
