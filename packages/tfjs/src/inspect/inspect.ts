import { isXDeepError } from "@xdeep/core";

import { withBackend } from "../engine/with-backend.ts";
import type { ModelSource } from "../networks/open-network.ts";
import { probeTogether } from "../model/probe-together.ts";
import { trialFeeds } from "../model/try-network.ts";
import { type OpenedModel, withOpenedModel } from "../model/open-model.ts";
import type { LoadOptions } from "../options.ts";
import { inspectNetwork } from "./inspect-network.ts";
import type { ModelInspection } from "./inspection.ts";

/** `inspectModel`, once TensorFlow.js is known to be there. */
export function inspect(source: ModelSource, options: LoadOptions): Promise<ModelInspection> {
  return withOpenedModel(source, options, async (opened) => {
    const inspection = await inspectOpened(opened);
    opened.network.dispose();
    return inspection;
  });
}

async function inspectOpened(opened: OpenedModel): Promise<ModelInspection> {
  const { network, engine, rules } = opened;
  const tries = trialFeeds(network, opened);
  for (const [i, { feeds, observation }] of tries.entries()) {
    try {
      const { suspect, ...inspection } = withBackend(engine.backendName, () => inspectNetwork(network, { rules, feeds, observation }));
      const { mixing } = await probeTogether(opened, feeds, suspect);
      return mixing === null ? inspection : { ...inspection, outputs: inspection.outputs.map((output) => ({ ...output, mixesRows: suspect })) };
    } catch (error) {
      // Where sizes are free, the one that was tried may be at fault.
      if (i === tries.length - 1 || !isXDeepError(error, "ENGINE_FAILED")) throw error;
    }
  }
  throw new RangeError("A network is tried at least once.");
}
