export { packError, unpackError } from "./carried-error.ts";
export type { CarriedError } from "./carried-error.ts";
export { inWorker } from "./in-worker.ts";
export type { InWorkerOptions, WorkerSource } from "./in-worker.ts";
export { pool } from "./pool.ts";
export type { Load } from "./serve.ts";
export type { Thread } from "./thread.ts";
export { isWorkerEnded } from "./worker-ended.ts";
