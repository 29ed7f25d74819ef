import { type FloatTensor, XDeepError } from "@xdeep/core";
import { type GraphProto, type ModelProto, type NodeProto, type TensorProto, type ValueInfoProto, tensorData } from "@xdeep/onnx";
import { type KerasLayer, kerasLayer } from "./keras-layer.ts";

/** The file that holds all weights, beside model.json. */
const WEIGHT_FILE = "weights.bin";

/** A layer of the network: its name, and the names of those that feed it. */
interface NamedLayer extends KerasLayer {
  readonly name: string;
  readonly feeders: readonly string[];
}

/**
 * Writes a network of one picture and one list of scores as a LayersModel of TensorFlow.js: channels last, one layer per operator (none for
 * Flatten), the first and last layer named after the input and the output. The weights are the same numbers, in another order.
 *
 * @param name what the model calls itself
 * @returns the contents of the files by name, model.json and its weights (little-endian)
 * @throws {XDeepError} MODEL_UNSUPPORTED for operators and settings that the network of the demo does not hold
 */
export function toLayersModel({ graph }: ModelProto, name: string): Readonly<Record<string, Uint8Array>> {
  const input = onlyOne(graph!.input, "input");
  const output = onlyOne(graph!.output, "output").name;
  const layers = layersOf(graph!, input.name, output);
  const weights = layers.flatMap(({ name, weights }) => Object.entries(weights).map(([key, tensor]) => ({ name: `${name}/${key}`, tensor })));
  const json = {
    format: "layers-model",
    generatedBy: "@xdeep/demo, train/to-tfjs.mjs",
    modelTopology: {
      class_name: "Model",
      config: {
        name,
        layers: [inputLayer(input), ...layers.map(describe)],
        input_layers: [[input.name, 0, 0]],
        output_layers: [[output, 0, 0]],
      },
    },
    weightsManifest: [{ paths: [WEIGHT_FILE], weights: weights.map(({ name, tensor }) => ({ name, shape: tensor.dims, dtype: tensor.type })) }],
  };
  return {
    "model.json": Buffer.from(`${JSON.stringify(json)}\n`),
    [WEIGHT_FILE]: Buffer.concat(weights.map(({ tensor: { data } }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
  };
}

function onlyOne(values: readonly ValueInfoProto[], what: string): ValueInfoProto {
  const [value] = values;
  return values.length === 1 && value !== undefined ? value : unsupported(`The network must have one ${what}, got ${values.length}.`);
}

function layersOf(graph: GraphProto, input: string, output: string): NamedLayer[] {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, constantOf(tensor)]));
  /** By the name of a value, the layer that makes it. */
  const makers = new Map([[input, input]]);
  const layers: NamedLayer[] = [];
  for (const node of graph.node) {
    const made = node.output[0]!;
    const feeders = node.input.filter((name) => !constants.has(name)).map((name) => makers.get(name) ?? unsupported(`Nothing that is known makes "${name}".`));
    if (node.opType === "Flatten") {
      makers.set(made, flattened(node, layers, feeders));
      continue;
    }
    const name = made === output ? output : node.name.replace(/^\//, "").replaceAll("/", "_");
    layers.push({
      ...kerasLayer(
        node,
        node.input.flatMap((value) => constants.get(value) ?? []),
      ),
      name,
      feeders,
    });
    makers.set(made, name);
  }
  return layers;
}

function constantOf(tensor: TensorProto): FloatTensor {
  const constant = tensorData(tensor);
  return constant.type === "float32" ? constant : unsupported(`"${tensor.name}" must be float32, got ${constant.type}.`);
}

/** The mean over all pixels has no axes left in Keras, so that flattening it changes nothing. */
function flattened(node: NodeProto, layers: readonly NamedLayer[], [feeder = ""]: readonly string[]): string {
  const follows = layers.find(({ name }) => name === feeder)?.className === "GlobalAveragePooling2D";
  return follows ? feeder : unsupported(`Flatten "${node.name}" must follow GlobalAveragePool: elsewhere channels and pixels would change their order.`);
}

function inputLayer({ name, type }: ValueInfoProto): object {
  const dims = type?.value.case === "tensorType" ? (type.value.value.shape?.dim ?? []) : [];
  if (dims.length !== 4) unsupported(`The input "${name}" must be pictures with four axes, got ${dims.length}.`);
  const [, channels, height, width] = dims.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : null));
  const config = { batch_input_shape: [null, height, width, channels], dtype: "float32", sparse: false, name };
  return { class_name: "InputLayer", config, name, inbound_nodes: [] };
}

function describe({ className, config, name, feeders }: NamedLayer): object {
  return { class_name: className, config: { name, ...config }, name, inbound_nodes: [feeders.map((feeder) => [feeder, 0, 0, {}])] };
}

function unsupported(message: string): never {
  throw new XDeepError("MODEL_UNSUPPORTED", `This network cannot be written for TensorFlow.js here. ${message}`);
}
