import type { ForwardRequest, VjpRequest } from "@xdeep/core";
import type { ModelFacts } from "@xdeep/core/backend";

import type { CarriedError } from "./carried-error.ts";
import type { ClosablePort } from "./thread.ts";

/** What a loaded model says of itself, as it travels between threads. */
export interface LoadedModel {
  readonly facts: ModelFacts;
  /** Whether the model answers `layers` and `attention`. */
  readonly answers: { readonly layers: boolean; readonly attention: boolean };
}

/** Asks a worker for one more model; everything else goes through the port that comes with it. */
export interface LoadMessage {
  readonly type: "xdeep.load";
  readonly port: ClosablePort;
  readonly arguments: readonly unknown[];
  /** Name of the lock that the worker holds while it lives; null where its end is seen otherwise. */
  readonly lock: string | null;
  /** How far the worker and its engine's threads stand back behind others. */
  readonly niceness: number;
}

/** From the caller to a model. */
export type ModelRequest =
  | { readonly type: "forward"; readonly id: number; readonly request: Omit<ForwardRequest, "signal"> }
  | { readonly type: "vjp"; readonly id: number; readonly request: Omit<VjpRequest, "signal"> }
  | { readonly type: "layers"; readonly id: number; readonly request: { readonly output?: string | undefined } }
  | { readonly type: "attention"; readonly id: number; readonly request: object }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "dispose"; readonly id: number };

/** From a model to its caller. */
export type ModelReply =
  /** The lock is held. */
  | { readonly type: "alive" }
  | ({ readonly type: "loaded" } & LoadedModel)
  /** `spare` is the memory of the request, given back. */
  | { readonly type: "result"; readonly id: number; readonly result: object | null; readonly spare?: readonly ArrayBuffer[] }
  | { readonly type: "failed"; readonly id: number | null; readonly error: CarriedError };
