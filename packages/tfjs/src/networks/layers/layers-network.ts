import { XDeepError } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

import { type LayersGraph, layersGraph } from "./layers-graph.ts";
import { runLayers } from "./run-layers.ts";
import type { InnerNames, Network, NetworkRun, NetworkWeights } from "../network.ts";
import { valueInfo } from "../value-info.ts";

/** Structural, so that a LayersModel of any installed copy of TensorFlow.js is one. */
export function isLayersModel(source: unknown): source is LayersModel {
  const model = source as Partial<LayersModel> | null;
  return typeof model === "object" && model !== null && Array.isArray(model.layers) && typeof model.apply === "function" && Array.isArray(model.inputs);
}

/**
 * A LayersModel in inference mode.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED for layers that carry state from one call to the next
 */
export function layersNetwork(model: LayersModel, { owned }: { readonly owned: boolean }): Network {
  const stateful = model.layers.filter((layer) => layer.stateful).map(({ name }) => name);
  if (stateful.length > 0) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `Layers ${stateful.join(", ")} are stateful: a result would depend on earlier calls. Build the model with stateful: false.`,
      {
        details: { layers: stateful },
      },
    );
  }
  const graph = layersGraph(model);
  const names = { inputs: model.inputs.map(({ sourceLayer }) => sourceLayer.name), outputs: outputNames(model, graph) };
  const numbers = new Map([
    ...graph.known,
    ...names.outputs.map((name, i) => [name, graph.outputs[i]!] as const),
    ...names.inputs.map((name, i) => [name, graph.inputs[i]!] as const),
  ]);
  return {
    inputs: model.inputs.map(({ shape, dtype }, i) => valueInfo(names.inputs[i]!, shape, dtype, "input")),
    outputs: model.outputs.map(({ shape, dtype }, i) => valueInfo(names.outputs[i]!, shape, dtype, "output")),
    inner: innerNames(graph),
    weights: layersWeights(graph),
    run: (run) => runByName(graph, numbers, run),
    dispose: () => {
      if (owned) model.dispose();
    },
  };
}

/** A variable of a layer: TensorFlow.js reads `val` whenever it runs the layer. */
interface LayerVariable {
  readonly originalName: string;
  val: Tensor;
}

/** In the order in which layers run; those of one layer as it lists them. */
function layersWeights({ calls }: LayersGraph): NetworkWeights {
  const variables = [...new Set(calls.flatMap(({ layer }) => layer.weights as unknown as readonly LayerVariable[]))];
  return {
    list: variables.map((variable) => ({ name: variable.originalName, tensor: () => variable.val })),
    exchange(replaced, run) {
      const exchanged = [...replaced].map(([place, tensor]) => ({ variable: variables[place]!, tensor, own: variables[place]!.val }));
      try {
        for (const { variable, tensor } of exchanged) variable.val = tensor;
        return run();
      } finally {
        for (const { variable, own } of exchanged) variable.val = own;
      }
    },
  };
}

function runByName(graph: LayersGraph, numbers: ReadonlyMap<string, number>, { feeds, wanted, announced = [], announce }: NetworkRun): Record<string, Tensor> {
  const number = (name: string): number => numbers.get(name)!;
  const watched = new Map<number, readonly string[]>();
  for (const name of announced) watched.set(number(name), [...(watched.get(number(name)) ?? []), name]);
  const tensors = runLayers(graph, {
    feeds: new Map(Object.entries(feeds).map(([name, tensor]) => [number(name), tensor])),
    wanted: wanted.map(number),
    watched: [...watched.keys()],
    watch: (value, tensor) => watched.get(value)!.forEach((name) => announce?.(name, tensor)),
  });
  return Object.fromEntries(wanted.map((name, i) => [name, tensors[i]!]));
}

function innerNames({ names, known, calls }: LayersGraph): InnerNames {
  const embeddings = calls.filter(({ layer }) => layer.getClassName() === "Embedding");
  return {
    all: [...names.values()],
    resolve(name) {
      const number = known.get(name);
      return number === undefined ? undefined : names.get(number);
    },
    entries: embeddings.flatMap(({ outputs }) => outputs.map((number) => names.get(number)!)),
    casts: [],
  };
}

/** Names of the layers that make the outputs; where one layer makes several, as its values are named. */
function outputNames({ outputs }: LayersModel, graph: LayersGraph): readonly string[] {
  const layers = outputs.map(({ sourceLayer }) => sourceLayer.name);
  return new Set(layers).size === outputs.length ? layers : graph.outputs.map((number) => graph.names.get(number)!);
}
