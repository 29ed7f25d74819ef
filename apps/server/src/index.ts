export { createServer } from "./create-server.ts";
export type { XDeepServer } from "./create-server.ts";
export { DEFAULT_LIMITS } from "./options.ts";
export type { Limits, OpenedModel, ServedMethods, ServerOptions } from "./options.ts";
export { REQUEST_PARAMETERS } from "./http/read-explain.ts";
