import type { ServedModel } from "./model-folder.ts";
import type { ModelQueue } from "./model-queue.ts";
import type { ModelInput, ModelOutput } from "./model-run.ts";

/** The requests that wait for one model. */
export type Queue = ModelQueue<ModelInput, ModelOutput>;

/** A model that answers requests. */
export type Served = ServedModel<Queue>;
