import { type ForwardRequest, type ForwardResult, type Model, type VjpRequest, type VjpResult, XDeepError } from "@xdeep/core";

import { unpackError } from "./carried-error.ts";
import type { ModelFacts, ModelReply, ModelRequest } from "./messages.ts";
import { packed } from "./packed-tensors.ts";
import { type ClosablePort, listen } from "./thread.ts";
import { VERSION } from "./version.ts";

interface Pending {
  resolve(result: never): void;
  reject(error: unknown): void;
}

/** The far end of a model in another thread: sends requests, and settles each call once. */
export class Connection {
  readonly #port: ClosablePort;
  readonly #pending = new Map<number | null, Pending>();
  #calls = 0;
  #death: XDeepError | null = null;

  constructor(port: ClosablePort) {
    this.#port = port;
    listen(port, (message) => this.#receive(message as ModelReply));
  }

  /** What the model says of itself, once it is loaded. */
  loaded(): Promise<ModelFacts> {
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
    this.#death = new XDeepError("ENGINE_FAILED", `The worker that runs the model has ended: ${reason}. Load the model again.`, { details: { reason }, cause });
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
    const { message: copied, transfer } = packed(message, true);
    this.#port.postMessage(copied, transfer);
  }

  #receive(message: ModelReply): void {
    const id = message.type === "loaded" ? null : message.id;
    const pending = this.#forget(id);
    if (message.type === "failed") pending?.reject(unpackError(message.error));
    else pending?.resolve((message.type === "loaded" ? message.facts : message.result) as never);
  }
}

/** A model whose engine runs in another thread. Made by `inWorker`. */
export class RemoteModel implements Model {
  readonly backend: string;
  readonly engine: string;
  readonly contractVersion: 1;
  readonly versions: Model["versions"];
  readonly inputs: Model["inputs"];
  readonly outputs: Model["outputs"];
  readonly capabilities: Model["capabilities"];
  readonly defaultWrt: Model["defaultWrt"];
  readonly layers?: NonNullable<Model["layers"]>;
  readonly attention?: NonNullable<Model["attention"]>;
  readonly #connection: Connection;
  readonly #end: () => unknown;
  #disposal: Promise<void> | undefined;

  /** @param end what frees the thread, where it is the model's own */
  constructor(
    { backend, engine, contractVersion, versions, inputs, outputs, capabilities, defaultWrt, answers }: ModelFacts,
    connection: Connection,
    end: () => unknown,
  ) {
    this.backend = backend;
    this.engine = engine;
    this.contractVersion = contractVersion;
    this.versions = { ...versions, "@xdeep/worker": VERSION };
    this.inputs = inputs;
    this.outputs = outputs;
    this.capabilities = capabilities;
    this.defaultWrt = defaultWrt;
    if (answers.layers) this.layers = async (request = {}) => this.#ask({ type: "layers", request });
    if (answers.attention) this.attention = async () => this.#ask({ type: "attention", request: {} });
    this.#connection = connection;
    this.#end = end;
  }

  async forward({ signal, ...request }: ForwardRequest): Promise<ForwardResult> {
    signal?.throwIfAborted();
    this.#checkUsable();
    return this.#connection.call({ type: "forward", request }, signal);
  }

  async vjp({ signal, ...request }: VjpRequest): Promise<VjpResult> {
    signal?.throwIfAborted();
    this.#checkUsable();
    return this.#connection.call({ type: "vjp", request }, signal);
  }

  async #ask<T>(message: { readonly type: "layers" | "attention"; readonly request: object }): Promise<T> {
    this.#checkUsable();
    return this.#connection.call<T>(message);
  }

  /** Lets the calls that are running end, frees the engine's memory, and ends the thread where it is the model's own. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #dispose(): Promise<void> {
    // A thread that has died holds nothing any more.
    await this.#connection.call({ type: "dispose" }).catch(() => undefined);
    this.#connection.close();
    await this.#end();
  }

  #checkUsable(): void {
    if (this.#disposal !== undefined) throw disposedError();
  }
}

function disposedError(): XDeepError {
  return new XDeepError("MODEL_DISPOSED", "The model was disposed. Load it again to use it.");
}
