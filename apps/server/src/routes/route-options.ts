import type { Answer } from "../http/answer-request.ts";
import type { ModelFolder } from "../models/model-folder.ts";
import type { Queue } from "../models/served.ts";
import type { ServedMethods } from "../options.ts";

/** What the routes of a protocol are made of. */
export interface RouteOptions {
  readonly models: ModelFolder<Queue>;
  readonly methods: ServedMethods;
  readonly answer: Answer;
  readonly isReady: () => boolean;
}
