import { type ValueInfo, XDeepError } from "@xdeep/core";
import { findBatchAxis } from "@xdeep/core/backend";
import { engine, setBackend } from "@tensorflow/tfjs-core";

import { chooseEngine } from "./engine/choose-engine.ts";
import { createSerializer } from "./engine/serialize.ts";
import { FilterCache } from "./formulas/filter-cache.ts";
import { builtinRules } from "./gradients/builtin-rules.ts";
import { withRules } from "./gradients/rule-set.ts";
import { type ModelSource, openNetwork } from "./networks/open-network.ts";
import { tryNetwork } from "./networks/try-network.ts";
import type { LoadOptions } from "./options.ts";
import { TfjsModel } from "./tfjs-model.ts";

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

async function loadOnEngine(source: ModelSource, options: LoadOptions): Promise<TfjsModel> {
  const chosen = await chooseEngine(options.engine, options.useGpu ?? false);
  const network = await openNetwork(source, options);
  const rules = withRules(builtinRules, ...(options.rules ?? []));
  const cache = new FilterCache();
  try {
    checkShared(network.inputs, options.shared ?? []);
    const { shared, fixedBatch } = findBatchAxis(network.inputs, options.shared);
    const trial = tryNetwork(network, { rules, cache, fixedBatch, shared });
    const inputs = network.inputs.map((info) => (shared.has(info.name) ? { ...info, batched: false } : withOpenBatch(info)));
    return new TfjsModel({ network, engine: chosen, inputs, fixedBatch, trial, rules, cache });
  } catch (error) {
    cache.dispose();
    network.dispose();
    throw error;
  }
}

/** A batch that the model fixes is opened: calls of any size are run so many rows at a time. */
function withOpenBatch(info: ValueInfo): ValueInfo {
  return { ...info, dims: [null, ...info.dims.slice(1)] };
}

/** @throws {XDeepError} INPUT_UNKNOWN */
function checkShared(inputs: readonly ValueInfo[], shared: readonly string[]): void {
  const expected = inputs.map(({ name }) => name);
  const unknown = shared.filter((name) => !expected.includes(name));
  if (unknown.length === 0) return;
  throw new XDeepError("INPUT_UNKNOWN", `\`shared\` names "${unknown.join('", "')}"; the inputs are "${expected.join('", "')}".`, {
    details: { unknown, expected },
  });
}
