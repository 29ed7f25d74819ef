import type { ValueInfo } from "@xdeep/core";

import { FilterCache } from "../formulas/filter-cache.ts";
import type { ModelSource } from "../networks/open-network.ts";
import { probeTogether } from "./probe-together.ts";
import { tryNetwork } from "./try-network.ts";
import { withOpenedModel } from "./open-model.ts";
import type { LoadOptions } from "../options.ts";
import { TfjsModel } from "./tfjs-model.ts";

/** `loadModel`, once TensorFlow.js is known to be there. */
export function load(source: ModelSource, options: LoadOptions): Promise<TfjsModel> {
  return withOpenedModel(source, options, async (opened) => {
    const { network, engine, rules, shared, fixedBatch } = opened;
    const cache = new FilterCache();
    try {
      const trial = tryNetwork(network, { rules, cache, fixedBatch, shared });
      const probe = await probeTogether(opened, trial.feeds, trial.mixingKernel);
      return new TfjsModel({
        network,
        engine,
        inputs: network.inputs.map((info) => (shared.has(info.name) ? { ...info, batched: false } : withOpenBatch(info))),
        outputs: trial.outputs.map((info) => (probe.notBatched.includes(info.name) ? withClosedBatch(info, fixedBatch ?? 1) : info)),
        fixedBatch,
        mixing: probe.mixing,
        trial,
        rules,
        cache,
      });
    } catch (error) {
      cache.dispose();
      throw error;
    }
  });
}

/** A batch that the model fixes is opened: calls of any size are run so many rows at a time. */
function withOpenBatch(info: ValueInfo): ValueInfo {
  return { ...info, dims: [null, ...info.dims.slice(1)] };
}

/** An output that has no rows keeps the size that it had on one. */
function withClosedBatch(info: ValueInfo, size: number): ValueInfo {
  return info.dims[0] === null ? { ...info, dims: [size, ...info.dims.slice(1)] } : info;
}
