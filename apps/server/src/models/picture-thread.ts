import { Worker } from "node:worker_threads";

import { type FloatTensor, XDeepError } from "@xdeep/core";
import type { Preprocessing } from "@xdeep/image";
import { type CarriedError, unpackError } from "@xdeep/worker";

export interface PictureRequest {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly preprocessing: Preprocessing;
  readonly maxPixels: number;
}

export type PictureReply = { readonly id: number; readonly tensor: FloatTensor } | { readonly id: number; readonly error: CarriedError };

/** Unpacks pictures in a thread of its own. */
export interface PictureThread {
  /** @throws {XDeepError} IMAGE_INVALID; ENGINE_FAILED where the thread died; the signal's reason */
  prepare(bytes: Uint8Array, preprocessing: Preprocessing, options: { readonly maxPixels: number; readonly signal: AbortSignal }): Promise<FloatTensor>;
  close(): Promise<void>;
}

interface Pending {
  resolve(tensor: FloatTensor): void;
  reject(error: unknown): void;
}

/** Started with the first picture, and again where it died. */
export function createPictureThread(): PictureThread {
  const pending = new Map<number, Pending>();
  let worker: Worker | null = null;
  let calls = 0;

  function start(): Worker {
    const started = new Worker(new URL("./picture-worker.js", import.meta.url));
    const die = (reason: string): void => {
      if (worker === started) worker = null;
      for (const { reject } of pending.values()) reject(new XDeepError("ENGINE_FAILED", `The thread that unpacks pictures has ended: ${reason}.`));
      pending.clear();
    };
    started.on("message", (reply: PictureReply) => {
      const call = pending.get(reply.id);
      pending.delete(reply.id);
      if ("tensor" in reply) call?.resolve(reply.tensor);
      else call?.reject(unpackError(reply.error));
    });
    started.on("error", (error) => die(error.message));
    started.on("exit", (code) => die(`it exited with code ${code}`));
    started.unref();
    return started;
  }

  return {
    prepare: (bytes, preprocessing, { maxPixels, signal }) => {
      signal.throwIfAborted();
      worker ??= start();
      const id = calls++;
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          pending.delete(id);
          reject(signal.reason);
        };
        signal.addEventListener("abort", leave, { once: true });
        const settle = (): void => signal.removeEventListener("abort", leave);
        pending.set(id, { resolve: (tensor) => (settle(), resolve(tensor)), reject: (error) => (settle(), reject(error)) });
        worker!.postMessage({ id, bytes: Uint8Array.from(bytes), preprocessing, maxPixels } satisfies PictureRequest, []);
      });
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
