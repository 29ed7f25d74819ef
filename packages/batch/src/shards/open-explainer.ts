import { XDeepError } from "@xdeep/core";
import { demandCount } from "@xdeep/core/method";

import type { OpenJob, RowExplainer } from "./explain-shard.ts";

/**
 * Opens what a module exports, and sees that it can be asked for rows: a slip in somebody's module is told at once, and not of every row.
 *
 * @throws {XDeepError} OPTION_INVALID; what opening throws
 */
export async function openExplainer(module: string, loaded: Readonly<Record<string, unknown>>, ...call: Parameters<OpenJob>): Promise<RowExplainer> {
  const { openJob } = loaded;
  if (typeof openJob !== "function") throw slip(`"${module}" exports no function openJob`);
  const explainer = (await (openJob as OpenJob)(...call)) as Partial<RowExplainer> | null | undefined;
  if (typeof explainer?.explain !== "function") throw slip(`openJob of "${module}" gives nothing that has a function explain`);
  if (explainer.provenance === undefined) throw slip(`openJob of "${module}" gives no provenance, such as { engine: model.engine }`);
  if (explainer.rowsPerCall !== undefined) demandCount(`openJob of "${module}"`, "rowsPerCall", explainer.rowsPerCall);
  return explainer as RowExplainer;
}

function slip(problem: string): XDeepError {
  return new XDeepError("OPTION_INVALID", `${problem}.`);
}
