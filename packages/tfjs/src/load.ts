import type { ValueInfo } from "@xdeep/core";
import { findBatchAxis } from "@xdeep/core/backend";
import { engine, setBackend } from "@tensorflow/tfjs-core";

import { chooseEngine } from "./engine/choose-engine.ts";
import { builtinRules } from "./gradients/builtin-rules.ts";
import { withRules } from "./gradients/rule-set.ts";
import { FilterCache } from "./formulas/filter-cache.ts";
import type { LoadOptions } from "./options.ts";
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

async function loadOnEngine(
  source: ModelSource,
  { engine: name, useGpu = false, inputs, outputs, shared: named, rules: added = [] }: LoadOptions,
): Promise<TfjsModel> {
  const { backendName, description, gpu } = await chooseEngine(name, useGpu);
  const network = await openNetwork(source, { ...(inputs ? { inputs } : {}), ...(outputs ? { outputs } : {}) });
  const rules = withRules(builtinRules, ...added);
  const cache = new FilterCache();
  try {
    const trial = tryNetwork(network, rules, cache);
    const { shared, fixedBatch } = findBatchAxis(network.inputs, named);
    const isBatch = (size: number | null | undefined): boolean => size === fixedBatch;
    return new TfjsModel({
      network,
      backendName,
      engine: description,
      gpu,
      inputs: network.inputs.map((info) => (shared.has(info.name) ? { ...info, batched: false } : withOpenBatch(info, isBatch))),
      outputs: trial.outputs.map((info) => withOpenBatch(info, isBatch)),
      fixedBatch,
      preferredBatch: trial.preferredBatch,
      rules,
      cache,
    });
  } catch (error) {
    cache.dispose();
    network.dispose();
    throw error;
  }
}

/** A batch that the model fixes is opened: calls of any size are run so many rows at a time. */
function withOpenBatch(info: ValueInfo, isBatch: (size: number | null | undefined) => boolean): ValueInfo {
  return isBatch(info.dims[0]) ? { ...info, dims: [null, ...info.dims.slice(1)] } : info;
}
