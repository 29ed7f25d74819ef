import type { Tensor } from "@xdeep/core";

import { downloadAll } from "../engine/transfer.ts";
import { withBackend } from "../engine/with-backend.ts";
import { forwardPass } from "../tape/forward-pass.ts";
import type { OpenedModel } from "./open-model.ts";
import { type RowProbe, probeRows } from "./probe-rows.ts";

/** Runs rows together where a kernel may make them depend on each other; elsewhere it would only take time. */
export async function probeTogether(
  { network, engine, rules, shared, fixedBatch }: OpenedModel,
  feeds: Readonly<Record<string, Tensor>> | null,
  kernel: string | null,
): Promise<RowProbe> {
  if (feeds === null || kernel === null || fixedBatch === 1) return { mixing: null, notBatched: [] };
  const batched = network.inputs.filter(({ name }) => !shared.has(name));
  const wanted = network.outputs.map(({ name }) => name);
  const run = async (rows: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> => {
    const pass = withBackend(engine.backendName, () => forwardPass(network, { feeds: rows, wanted, wrt: [], rules }));
    try {
      return await downloadAll(Object.entries(pass.outputs));
    } finally {
      pass.dispose();
    }
  };
  return probeRows({ feeds, batched, fixedBatch, kernel, run });
}
