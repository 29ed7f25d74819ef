import { type ForwardRequest, type Model, XDeepError } from "@xdeep/core";
import { disposedError } from "@xdeep/core/backend";

import { unpackError } from "./carried-error.ts";
import type { LoadedModel, ModelReply, ModelRequest } from "./messages.ts";
import { packedRequest } from "./packed-tensors.ts";
import { type ClosablePort, listen } from "./thread.ts";
import { VERSION } from "./version.ts";
import { SpareMemory } from "./spare-memory.ts";
import { workerEnded } from "./worker-ended.ts";

interface Pending {
  resolve(result: never): void;
  reject(error: unknown): void;
}

/** The far end of a model in another thread: sends requests, and settles each call once. */
export class Connection {
  readonly #port: ClosablePort;
  readonly #onAlive: () => void;
  readonly #pending = new Map<number | null, Pending>();
  readonly #spare = new SpareMemory();
  #calls = 0;
  #death: XDeepError | null = null;

  /** @param onAlive called once the worker holds its lock */
  constructor(port: ClosablePort, onAlive: () => void) {
    this.#port = port;
    this.#onAlive = onAlive;
    listen(port, (message) => this.#receive(message as ModelReply));
  }

  /** What the model says of itself, once it is loaded. */
  loaded(): Promise<LoadedModel> {
    return new Promise((resolve, reject) => this.#expect(null, { resolve, reject }));
  }

  /**
   * Sends a request and waits for its answer. An abort rejects at once, with the signal's own reason; the thread stops before its next engine run.
   */
  call<T>(message: { readonly type: "forward" | "vjp" | "layers" | "attention" | "dispose"; readonly request?: object }, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const id = this.#calls++;
    return new Promise<T>((resolve, reject) => {
      const stop = (): void => {
        this.#forget(id);
        this.#post({ type: "abort", id });
        reject(signal!.reason);
      };
      const settle = (): void => signal?.removeEventListener("abort", stop);
      this.#expect(id, {
        resolve: (result) => (settle(), resolve(result)),
        reject: (error) => (settle(), reject(error)),
      });
      signal?.addEventListener("abort", stop, { once: true });
      try {
        this.#post({ ...message, id } as ModelRequest);
      } catch (error) {
        this.#forget(id);
        settle();
        reject(new TypeError(`The request cannot be sent to a worker: ${error instanceof Error ? error.message : String(error)}`, { cause: error }));
      }
    });
  }

  /** Fails every call that waits and every later one: the thread is gone. */
  die(reason: string, cause?: unknown): void {
    if (this.#death !== null) return;
    this.#death = workerEnded(reason, cause);
    for (const { reject } of this.#pending.values()) reject(this.#death);
    this.#pending.clear();
    this.#waitOnlyForAnswers();
  }

  /** Ends the connection. What is still waiting, on a thread that did not answer, fails as a later call does. */
  close(): void {
    this.#port.close();
    for (const { reject } of this.#pending.values()) reject(disposedError());
    this.#pending.clear();
  }

  #expect(id: number | null, pending: Pending): void {
    if (this.#death !== null) pending.reject(this.#death);
    else this.#pending.set(id, pending);
    this.#waitOnlyForAnswers();
  }

  #forget(id: number | null): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#waitOnlyForAnswers();
    return pending;
  }

  /** A process of Node's ends although a model was not disposed, as it does with a model of its own thread; but not before calls are answered. */
  #waitOnlyForAnswers(): void {
    if (this.#pending.size > 0) this.#port.ref?.();
    else this.#port.unref?.();
  }

  #post(message: ModelRequest): void {
    if (this.#death !== null) return;
    const { message: copied, transfer } = packedRequest(message, this.#spare.copy);
    this.#port.postMessage(copied, transfer);
  }

  #receive(message: ModelReply): void {
    if (message.type === "alive") return this.#onAlive();
    if (message.type === "result") this.#spare.keep(message.spare ?? []);
    const id = message.type === "loaded" ? null : message.id;
    const pending = this.#forget(id);
    if (message.type === "failed") pending?.reject(unpackError(message.error));
    else pending?.resolve((message.type === "loaded" ? message : message.result) as never);
  }
}

/**
 * A model whose engine runs in another thread. Made by `inWorker`.
 *
 * @param end what frees the thread, where it is the model's own
 */
export function remoteModel({ facts, answers }: LoadedModel, connection: Connection, end: () => unknown): Model {
  let disposal: Promise<void> | undefined;

  async function ask<T>(type: "forward" | "vjp" | "layers" | "attention", { signal, ...request }: Pick<ForwardRequest, "signal" | "output">): Promise<T> {
    signal?.throwIfAborted();
    if (disposal !== undefined) throw disposedError();
    return connection.call({ type, request }, signal);
  }

  async function disposeNow(): Promise<void> {
    // A thread that has died holds nothing any more.
    await connection.call({ type: "dispose" }).catch(() => undefined);
    connection.close();
    await end();
  }

  /** Lets the calls that are running end, frees the engine's memory, and ends the thread where it is the model's own. */
  function dispose(): Promise<void> {
    disposal ??= disposeNow();
    return disposal;
  }

  return {
    ...facts,
    versions: { ...facts.versions, "@xdeep/worker": VERSION },
    ...(answers.layers ? { layers: (request = {}) => ask("layers", request) } : {}),
    ...(answers.attention ? { attention: () => ask("attention", {}) } : {}),
    forward: (request) => ask("forward", request),
    vjp: (request) => ask("vjp", request),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
