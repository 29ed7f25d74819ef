import { XDeepError } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";

import type { Network } from "./network.ts";
import { valueInfo } from "./value-info.ts";

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
  const names = { inputs: uniqueNames(model.inputs), outputs: uniqueNames(model.outputs) };
  return {
    inputs: model.inputs.map(({ shape, dtype }, i) => valueInfo(names.inputs[i]!, shape, dtype, "input")),
    outputs: model.outputs.map(({ shape, dtype }, i) => valueInfo(names.outputs[i]!, shape, dtype, "output")),
    run(feeds) {
      // `apply`, not `predict`: predict splits batches and frees tensors on its own terms.
      const result = model.apply(
        names.inputs.map((name) => feeds[name]!),
        { training: false },
      ) as Tensor | Tensor[];
      const outputs = Array.isArray(result) ? result : [result];
      return Object.fromEntries(names.outputs.map((name, i) => [name, outputs[i]!]));
    },
    dispose: () => {
      if (owned) model.dispose();
    },
  };
}

/** Names of the layers that make the values; where one layer makes several, the names of the values. */
function uniqueNames(values: readonly SymbolicTensor[]): readonly string[] {
  const layers = values.map(({ sourceLayer }) => sourceLayer.name);
  return new Set(layers).size === values.length ? layers : values.map(({ name }) => name);
}
