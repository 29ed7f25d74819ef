import { XDeepError } from "@xdeep/core";
import { type ModelProto, writeModelInPieces } from "@xdeep/onnx";
import type { InferenceSession } from "onnxruntime-common";
import type { Engine } from "./engine.ts";

/** A created session with whatever its maker needs to run it. */
export interface Prepared<T> {
  readonly session: InferenceSession;
  readonly plan: T;
}

/** What a session is created from. */
export interface SessionSource<T> {
  readonly model: ModelProto;
  readonly plan: T;
}

const SEVERITIES = { verbose: 0, info: 1, warning: 2, error: 3, fatal: 4 } as const;

/** Sessions of one loaded model, each created when first needed: one for scores, one per kind of gradient. */
export class Sessions {
  readonly #engine: Engine;
  readonly #options: InferenceSession.SessionOptions;
  readonly #sessions = new Map<string, Promise<Prepared<unknown>>>();
  #released = false;

  constructor(engine: Engine, options: InferenceSession.SessionOptions) {
    this.#engine = engine;
    this.#options = { logSeverityLevel: SEVERITIES[engine.ort.env.logLevel ?? "warning"], ...options };
  }

  /** The session of this key, created from `source` on first use. A failed creation is not kept. Rejects after `release`. */
  get<T>(key: string, source: () => SessionSource<T>): Promise<Prepared<T>> {
    if (this.#released) return Promise.reject(disposedError());
    const existing = this.#sessions.get(key);
    if (existing !== undefined) return existing as Promise<Prepared<T>>;
    const created = this.#create(source);
    this.#sessions.set(key, created);
    created.catch(() => this.#sessions.delete(key));
    return created;
  }

  /** Releases every session. */
  async release(): Promise<void> {
    this.#released = true;
    const all = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const pending of await Promise.allSettled(all)) if (pending.status === "fulfilled") await pending.value.session.release();
  }

  async #create<T>(source: () => SessionSource<T>): Promise<Prepared<T>> {
    const { model, plan } = source();
    const { bytes, externalData } = writeModelInPieces(model);
    const options = externalData.length === 0 ? this.#options : { ...this.#options, externalData };
    try {
      return { session: await this.#engine.ort.InferenceSession.create(bytes, options), plan };
    } catch (cause) {
      throw new XDeepError("ENGINE_FAILED", `${this.#engine.name} ${this.#engine.version} refused the model: ${messageOf(cause)}`, {
        details: { engine: this.#engine.name },
        cause,
      });
    }
  }
}

export function disposedError(cause?: unknown): XDeepError {
  return new XDeepError("MODEL_DISPOSED", "The model was disposed. Load it again with loadModel.", { cause });
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
