import { type Tensor, type ValueInfo, XDeepError } from "@xdeep/core";
import { findBatchAxis } from "@xdeep/core/backend";
import { engine, setBackend } from "@tensorflow/tfjs-core";

import { chooseEngine } from "./engine/choose-engine.ts";
import { createSerializer } from "./engine/serialize.ts";
import { downloadAll } from "./engine/transfer.ts";
import { withBackend } from "./engine/with-backend.ts";
import { FilterCache } from "./formulas/filter-cache.ts";
import { builtinRules } from "./gradients/builtin-rules.ts";
import { withRules } from "./gradients/rule-set.ts";
import { type ModelSource, openNetwork } from "./networks/open-network.ts";
import type { Network } from "./networks/network.ts";
import { type RowProbe, probeRows } from "./networks/probe-rows.ts";
import { replaceWeights } from "./networks/replace-weights.ts";
import { type Trial, type TrialOptions, tryNetwork } from "./networks/try-network.ts";
import type { LoadOptions } from "./options.ts";
import { forwardPass } from "./tape/forward-pass.ts";
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
  const own = await openNetwork(source, options);
  const network =
    options.weights === undefined
      ? own
      : await replaceWeights(own, options.weights).catch((error: unknown) => {
          own.dispose();
          throw error;
        });
  const rules = withRules(builtinRules, ...(options.rules ?? []));
  const cache = new FilterCache();
  try {
    checkShared(network.inputs, options.shared ?? []);
    const { shared, fixedBatch } = findBatchAxis(network.inputs, options.shared);
    const trial = tryNetwork(network, { rules, cache, fixedBatch, shared });
    const probe = await probeTogether(network, trial, { rules, shared, fixedBatch, backendName: chosen.backendName });
    return new TfjsModel({
      network,
      engine: chosen,
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
    network.dispose();
    throw error;
  }
}

interface TogetherOptions extends Pick<TrialOptions, "rules" | "shared" | "fixedBatch"> {
  readonly backendName: string;
}

/** Rows are run together only where a kernel may make them depend on each other: it takes time. */
async function probeTogether(network: Network, trial: Trial, { rules, shared, fixedBatch, backendName }: TogetherOptions): Promise<RowProbe> {
  const { feeds, mixingKernel: kernel } = trial;
  if (feeds === null || kernel === null || fixedBatch === 1) return { mixing: null, notBatched: [] };
  const batched = network.inputs.filter(({ name }) => !shared.has(name));
  const wanted = network.outputs.map(({ name }) => name);
  const run = async (rows: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> => {
    const pass = withBackend(backendName, () => forwardPass(network, { feeds: rows, wanted, wrt: [], rules }));
    try {
      return await downloadAll(Object.entries(pass.outputs));
    } finally {
      pass.dispose();
    }
  };
  return probeRows({ feeds, batched, fixedBatch, kernel, run });
}

/** A batch that the model fixes is opened: calls of any size are run so many rows at a time. */
function withOpenBatch(info: ValueInfo): ValueInfo {
  return { ...info, dims: [null, ...info.dims.slice(1)] };
}

/** An output that has no rows keeps the size that it had on one. */
function withClosedBatch(info: ValueInfo, size: number): ValueInfo {
  return info.dims[0] === null ? { ...info, dims: [size, ...info.dims.slice(1)] } : info;
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
