import { XDeepError } from "@xdeep/core";
import { type BatchAxis, findBatchAxis } from "@xdeep/core/backend";
import { engine, setBackend } from "@tensorflow/tfjs-core";

import { type ChosenEngine, chooseEngine } from "../engine/choose-engine.ts";
import { createSerializer } from "../engine/serialize.ts";
import { builtinRules } from "../gradients/builtin-rules.ts";
import { type RuleSet, withRules } from "../gradients/rule-set.ts";
import type { Network } from "../networks/network.ts";
import { type ModelSource, openNetwork } from "../networks/open-network.ts";
import { replaceWeights } from "../networks/replace-weights.ts";
import type { LoadOptions } from "../options.ts";

/** A network on its engine, before it has run. */
export interface OpenedModel extends BatchAxis {
  readonly network: Network;
  readonly engine: ChosenEngine;
  readonly rules: RuleSet;
}

/** Which backend is current is global: loads that may change it wait for each other. */
const serialize = /* @__PURE__ */ createSerializer();

/** Opens a model and hands it over, its engine being the current one meanwhile. What fails frees the network. */
export function withOpenedModel<T>(source: ModelSource, options: LoadOptions, use: (opened: OpenedModel) => Promise<T>): Promise<T> {
  return serialize(async () => {
    const previous = engine().backendName;
    try {
      return await openAndUse(source, options, use);
    } finally {
      if (previous && engine().backendName !== previous) await setBackend(previous);
    }
  });
}

async function openAndUse<T>(source: ModelSource, options: LoadOptions, use: (opened: OpenedModel) => Promise<T>): Promise<T> {
  const chosen = await chooseEngine(options);
  let network = await openNetwork(source, options);
  try {
    if (options.weights !== undefined) network = await replaceWeights(network, options.weights);
    const expected = network.inputs.map(({ name }) => name);
    const unknown = (options.shared ?? []).filter((name) => !expected.includes(name));
    if (unknown.length > 0) {
      throw new XDeepError("INPUT_UNKNOWN", `\`shared\` names "${unknown.join('", "')}"; the inputs are "${expected.join('", "')}".`, {
        details: { unknown, expected },
      });
    }
    const rules = withRules(builtinRules, ...(options.rules ?? []));
    return await use({ network, engine: chosen, rules, ...findBatchAxis(network.inputs, options.shared) });
  } catch (error) {
    network.dispose();
    throw error;
  }
}
