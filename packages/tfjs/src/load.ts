import { engine, setBackend } from "@tensorflow/tfjs-core";

import { chooseEngine } from "./engine/choose-engine.ts";
import { FilterCache } from "./formulas/filter-cache.ts";
import type { LoadOptions } from "./load-model.ts";
import { type ModelSource, openNetwork } from "./networks/open-network.ts";
import { createSerializer } from "./engine/serialize.ts";
import { TfjsModel } from "./tfjs-model.ts";
import { tryNetwork } from "./networks/try-network.ts";

/** Which backend is current is global: loads that may change it wait for each other. */
const serialize = /* @__PURE__ */ createSerializer();

/** `loadModel`, once TensorFlow.js is known to be there. */
export function load(source: ModelSource, options: LoadOptions): Promise<TfjsModel> {
  return serialize(async () => {
    const previous = engine().backendName;
    try {
      return await loadOnEngine(source, options);
    } finally {
      if (previous && engine().backendName !== previous) await setBackend(previous);
    }
  });
}

async function loadOnEngine(source: ModelSource, { engine: name, useGpu = false, inputs, outputs }: LoadOptions): Promise<TfjsModel> {
  const { backendName, description, gpu } = await chooseEngine(name, useGpu);
  const network = await openNetwork(source, { ...(inputs ? { inputs } : {}), ...(outputs ? { outputs } : {}) });
  const cache = new FilterCache();
  try {
    const trial = tryNetwork(network, cache);
    return new TfjsModel({ network, backendName, engine: description, gpu, outputs: trial.outputs, preferredBatch: trial.preferredBatch, cache });
  } catch (error) {
    cache.dispose();
    network.dispose();
    throw error;
  }
}
