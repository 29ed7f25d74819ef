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

/** A picture that waits, or is being unpacked. */
interface Call extends Omit<PictureRequest, "id"> {
  resolve(tensor: FloatTensor): void;
  reject(error: unknown): void;
}

/** Pictures that are unpacked at a time: each takes a core, and as many megabytes as it has millions of pixels, times a few. */
const AT_A_TIME = 2;

/** Started with the first picture, and again where it died. Pictures of those who leave while they wait are not unpacked. */
export function createPictureThread(open: () => Worker = openWorker): PictureThread {
  const waiting = new Set<Call>();
  const running = new Map<number, Call>();
  let worker: Worker | null = null;
  let calls = 0;

  function start(): Worker {
    const started = open();
    const die = (reason: string): void => {
      if (worker !== started) return;
      worker = null;
      for (const { reject } of running.values()) reject(new XDeepError("ENGINE_FAILED", `The thread that unpacks pictures has ended: ${reason}.`));
      running.clear();
      startNext();
    };
    started.on("message", (reply: PictureReply) => {
      const call = running.get(reply.id);
      running.delete(reply.id);
      startNext();
      if ("tensor" in reply) call?.resolve(reply.tensor);
      else call?.reject(unpackError(reply.error));
    });
    started.on("error", (error) => die(error.message));
    started.on("exit", (code) => die(`it exited with code ${code}`));
    started.unref();
    return started;
  }

  function startNext(): void {
    for (const call of waiting) {
      if (running.size >= AT_A_TIME) return;
      waiting.delete(call);
      worker ??= start();
      const id = calls++;
      running.set(id, call);
      const { bytes, preprocessing, maxPixels } = call;
      worker.postMessage({ id, bytes: Uint8Array.from(bytes), preprocessing, maxPixels } satisfies PictureRequest, []);
    }
  }

  return {
    prepare: (bytes, preprocessing, { maxPixels, signal }) => {
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        const settle = (): void => signal.removeEventListener("abort", leave);
        const call: Call = {
          bytes,
          preprocessing,
          maxPixels,
          resolve: (tensor) => (settle(), resolve(tensor)),
          reject: (error) => (settle(), reject(error)),
        };
        const leave = (): void => {
          waiting.delete(call);
          reject(signal.reason);
        };
        signal.addEventListener("abort", leave, { once: true });
        waiting.add(call);
        startNext();
      });
    },
    close: async () => {
      waiting.clear();
      await worker?.terminate();
    },
  };
}

function openWorker(): Worker {
  return new Worker(new URL("./picture-worker.js", import.meta.url));
}
