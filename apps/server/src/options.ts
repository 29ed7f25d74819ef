import type { Explainer, Model } from "@xdeep/core";
import type { Preprocessing } from "@xdeep/image";

/** A model that was loaded to be served. Its engine runs in another thread: see `inWorker` and `pool` of @xdeep/worker. */
export interface OpenedModel {
  readonly model: Model;
  /** How pictures become its input; null where it takes none. */
  readonly preprocessing: Preprocessing | null;
  /** Names of classes by index; null where there are none. */
  readonly labels: readonly (string | undefined)[] | null;
}

/** What the server is told of methods. */
export interface ServedMethods {
  /** Names that are listed in metadata. */
  readonly names: readonly string[];
  /**
   * The explainer that a name means.
   *
   * @throws {XDeepError} OPTION_INVALID for a name or a parameter that does not exist
   */
  create(model: Model, name: string, parameters: Readonly<Record<string, unknown>>): Promise<Explainer> | Explainer;
  /** Whether rows of different callers may be one batch: false where a row's result depends on its place, as that of noise does. */
  mayJoin(name: string, parameters: Readonly<Record<string, unknown>>): boolean;
  /** How many gradients a row costs, about: what the queue counts. */
  cost(name: string, parameters: Readonly<Record<string, unknown>>): number;
}

/** What callers may ask for. */
export interface Limits {
  /** Bytes of a request. */
  readonly bodyBytes: number;
  /** Bytes of JSON, which is read in one go: nothing else is answered meanwhile. */
  readonly jsonBytes: number;
  /** Bytes that all requests hold together until they are answered: bodies, and tensors of pictures. The next one is refused with 429. */
  readonly heldBytes: number;
  /** Pixels of a picture; larger ones are refused before they are unpacked. */
  readonly pixels: number;
  /** Rows of a request. */
  readonly rows: number;
  /** Gradients of a request: rows times steps or noisy copies. */
  readonly gradients: number;
  /** Requests that wait for a model; the next one is refused with 429. */
  readonly waiting: number;
  /** Seconds from the end of a request to its answer; 504 after that. */
  readonly seconds: number;
  /** Seconds in which a request must have arrived. */
  readonly bodySeconds: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 16_000_000,
  jsonBytes: 4_000_000,
  heldBytes: 500_000_000,
  pixels: 25_000_000,
  rows: 64,
  gradients: 2000,
  waiting: 64,
  seconds: 30,
  bodySeconds: 20,
};

export interface ServerOptions {
  /** Models: `NAME.onnx`, `NAME/model.onnx`, `NAME/model.json`. New ones are found, changed ones loaded again. */
  readonly folder: string;
  readonly open: (path: string) => Promise<OpenedModel>;
  readonly methods: ServedMethods;
  readonly limits?: Partial<Limits> | undefined;
  /** Threads that `open` gives each model: as many runs go on at a time, and one more lies ready. Default: 1. */
  readonly lanes?: number | undefined;
  /** Models that are open at a time: of more, one is opened when it is asked for, and the one that was not asked for longest is closed. Default: all. */
  readonly keep?: number | undefined;
  /** Seconds between looks at the folder. Default: 2. */
  readonly scanSeconds?: number | undefined;
  /** Structured logs, by pino: false for none, or its options. Default: true. */
  readonly logger?: boolean | { readonly level?: string; readonly stream?: { write(line: string): void } } | undefined;
}
