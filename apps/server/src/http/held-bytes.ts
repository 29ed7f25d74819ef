import type { ServerResponse } from "node:http";

import { HttpError } from "./http-error.ts";
import { onceEnded } from "./once-ended.ts";

/** Counts what requests hold in memory until they are answered: their bodies, and the tensors of their pictures. */
export class HeldBytes {
  readonly #most: number;
  readonly #of = new Map<ServerResponse, number>();
  #all = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counted until the answer is sent, or the client has left. @throws {HttpError} 429 where all requests together would hold too much */
  take(bytes: number, response: ServerResponse): void {
    if (this.#all > 0 && this.#all + bytes > this.#most)
      throw new HttpError(429, "BUSY", "Requests that are being answered hold as much memory as they may. Try again in 1 s.", 1);
    if (!this.#of.has(response)) onceEnded(response, () => this.#letGo(response));
    this.#of.set(response, (this.#of.get(response) ?? 0) + bytes);
    this.#all += bytes;
  }

  #letGo(response: ServerResponse): void {
    this.#all -= this.#of.get(response)!;
    this.#of.delete(response);
  }
}
