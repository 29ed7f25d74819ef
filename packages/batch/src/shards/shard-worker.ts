import { parentPort, workerData } from "node:worker_threads";

import { XDeepError, isXDeepError } from "@xdeep/core";
import { packError } from "@xdeep/worker";

import { type RowExplainer, explainShard } from "./explain-shard.ts";
import { demandInputs } from "../manifest/demand-inputs.ts";
import { type ListedManifest, readListedManifest } from "../manifest/manifest.ts";
import { type ReadRows, rowReader } from "../rows/read-rows.ts";
import { openExplainer } from "./open-explainer.ts";
import type { ShardReply, ShardRequest, ShardThreadData } from "./shard-thread.ts";

/** The script of a thread that explains shards: it loads the job's module, is told once what to open, and then shards come one by one. */
const { module, process } = workerData as ShardThreadData;
const reply = (message: ShardReply): void => parentPort!.postMessage(message, []);
const ending = new AbortController();
let running: AbortController | null = null;

const loading = (import(module) as Promise<Readonly<Record<string, unknown>>>).catch((cause: unknown) => {
  if (isXDeepError(cause)) throw cause;
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  throw new XDeepError("OPTION_INVALID", `The module of the job, "${module}", cannot be loaded: ${reason}.`, { details: { module }, cause });
});
// What is wrong with it is said when a job is opened.
loading.catch(() => undefined);
let opened: Promise<OpenedJob> | null = null;

parentPort!.on("message", (message: ShardRequest) => {
  if (message.type === "open") {
    opened = open(message);
    opened.then(
      () => reply({ type: "ready" }),
      (error: unknown) => reply({ type: "failed", error: packError(error) }),
    );
  } else if (message.type === "explain") void explain(message.shard);
  else if (message.type === "abort") running?.abort();
  else void close();
});

interface OpenedJob {
  readonly folder: string;
  readonly base: string;
  readonly listed: ListedManifest;
  readonly readRows: ReadRows;
  readonly explainer: RowExplainer;
}

async function open({ folder, base: given }: Extract<ShardRequest, { readonly type: "open" }>): Promise<OpenedJob> {
  const listed = await readListedManifest(folder);
  const base = given ?? listed.manifest.base;
  const { job, places } = listed.manifest;
  const loaded = await loading;
  await demandInputs(listed, base);
  const readRows = await rowReader(listed, base);
  return { folder, base, listed, readRows, explainer: await openExplainer(module, loaded, job, { places, base, signal: ending.signal }) };
}

async function explain(shard: number): Promise<void> {
  running = new AbortController();
  const { signal } = running;
  try {
    const { folder, base, explainer, listed, readRows } = await opened!;
    const inputsAreThere = (): Promise<void> => demandInputs(listed, base);
    const onRows = (rows: { readonly explained: number; readonly failed: number }): void => reply({ type: "rows", ...rows });
    await explainShard({ folder, manifest: listed.manifest, shard, readRows, inputsAreThere, explainer, process, signal, onRows });
    reply({ type: "done" });
  } catch (error) {
    reply({ type: "failed", error: packError(error) });
  } finally {
    running = null;
  }
}

async function close(): Promise<void> {
  ending.abort();
  await opened!.then(
    ({ explainer }) => explainer.close?.(),
    () => undefined,
  );
  parentPort!.close();
}
