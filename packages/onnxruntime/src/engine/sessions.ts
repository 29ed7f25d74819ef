import { XDeepError } from "@xdeep/core";
import { disposedError } from "@xdeep/core/backend";
import { type ModelProto, writeModelInPieces } from "@xdeep/onnx";
import type { InferenceSession } from "onnxruntime-common";
import type { SessionCache } from "../cache/session-cache.ts";
import type { Engine } from "./engine.ts";
import { inTurn } from "./in-turn.ts";

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

/** Eight kinds of call are more than one explanation needs. */
const MOST_SESSIONS = 8;
/** Each session holds the weights in the form that its kernels want, and often their transposes. */
const BYTES_OF_WEIGHTS = 2 ** 32;

/** Sessions to keep of a model with so many bytes of weights: two at least, as an explanation alternates between scores and gradients. */
export function sessionsFor(weights: number): number {
  return Math.max(2, Math.min(MOST_SESSIONS, Math.floor(BYTES_OF_WEIGHTS / Math.max(1, weights))));
}

/** How sessions are kept and made. */
export interface SessionsOptions {
  /** So many at a time. */
  readonly most: number;
  readonly cache: SessionCache | null;
  /** What a graph must become for the engine and its device. */
  readonly rewrite: (model: ModelProto) => ModelProto;
}

interface Kept {
  readonly prepared: Promise<Prepared<unknown>>;
  /** Calls that are running it. */
  users: number;
}

/**
 * Sessions of one loaded model, each created when first needed: one for scores, one per kind of gradient. Beyond a bound, the one that was
 * not used for longest is released; the next call of its kind creates it again.
 */
export class Sessions {
  readonly #engine: Engine;
  readonly #options: InferenceSession.SessionOptions;
  readonly #most: number;
  readonly #cache: SessionCache | null;
  readonly #rewrite: SessionsOptions["rewrite"];
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept>();
  #released = false;

  constructor(engine: Engine, options: InferenceSession.SessionOptions, { most, cache, rewrite }: SessionsOptions) {
    this.#engine = engine;
    this.#options = { logSeverityLevel: SEVERITIES[engine.ort.env.logLevel ?? "warning"], ...options };
    this.#most = most;
    this.#cache = cache;
    this.#rewrite = rewrite;
  }

  /** Runs `use` with the session of this key, created from `source` where there is none. A failed creation is not kept. Rejects after `release`. */
  async use<T, R>(key: string, source: () => SessionSource<T>, use: (prepared: Prepared<T>) => Promise<R>): Promise<R> {
    if (this.#released) throw disposedError();
    const kept = this.#kept.get(key) ?? this.#add(key, source);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    kept.users++;
    try {
      return await use((await kept.prepared) as Prepared<T>);
    } finally {
      kept.users--;
      await this.#shrink();
    }
  }

  /** Releases every session. */
  async release(): Promise<void> {
    this.#released = true;
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map(({ prepared }) => releaseOf(this.#engine, prepared)));
  }

  #add<T>(key: string, source: () => SessionSource<T>): Kept {
    const kept: Kept = { prepared: this.#shrink(1).then(() => this.#prepare(key, source)), users: 0 };
    this.#kept.set(key, kept);
    kept.prepared.catch(() => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    });
    return kept;
  }

  /** @param room for sessions that are to come: others are released before they are created, as each holds the weights */
  async #shrink(room = 0): Promise<void> {
    const released: Kept[] = [];
    for (const [key, kept] of this.#kept) {
      if (this.#kept.size + room <= this.#most) break;
      if (kept.users > 0) continue;
      this.#kept.delete(key);
      released.push(kept);
    }
    await Promise.all(released.map(({ prepared }) => releaseOf(this.#engine, prepared)));
  }

  async #prepare<T>(key: string, source: () => SessionSource<T>): Promise<Prepared<T>> {
    const stored = await this.#cache?.read<T>(key);
    if (stored != null) {
      try {
        return { session: await this.#create(stored.model, { ...this.#options, graphOptimizationLevel: "disabled" }), plan: stored.plan };
      } catch {
        await this.#cache!.drop(key);
      }
    }
    const { model: written, plan } = source();
    const model = this.#rewrite(written);
    const { bytes, externalData } = writeModelInPieces(model);
    const options = { graphOptimizationLevel: optimizationLevel(model), ...this.#options, ...(externalData.length === 0 ? {} : { externalData }) };
    if (this.#cache === null) return { session: await this.#create(bytes, options), plan };
    const session = await this.#cache.keep(key, plan, (file) =>
      this.#create(bytes, file === null ? options : { ...options, optimizedModelFilePath: file, logSeverityLevel: SEVERITIES.fatal }),
    );
    return { session, plan };
  }

  async #create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
    try {
      return await inTurn(this.#engine, () => this.#engine.ort.InferenceSession.create(bytes, options));
    } catch (cause) {
      const hasNoMemory = NO_MEMORY.test(messageOf(cause));
      const advice = hasNoMemory ? ". There is not enough memory for it: take fewer workers, close other programs, or take another machine." : "";
      throw new XDeepError("ENGINE_FAILED", `${this.#engine.name} ${this.#engine.version} refused the model: ${messageOf(cause)}${advice}`, {
        details: { engine: this.#engine.name, ...(hasNoMemory ? { noMemoryForModel: true } : {}) },
        cause,
      });
    }
  }
}

/** What the engine says where the system gives it no memory. */
const NO_MEMORY = /bad_alloc|out of memory|failed to allocate/i;

/** Beyond so many nodes ONNX Runtime's optimizations take longer than they save: minutes for tens of thousands. */
const MOST_OPTIMIZED_NODES = 10_000;

function optimizationLevel({ graph }: ModelProto): "all" | "disabled" {
  return (graph?.node.length ?? 0) > MOST_OPTIMIZED_NODES ? "disabled" : "all";
}

/** Releases a session that was created, or is being created; one that could not be is nothing to release. */
async function releaseOf(engine: Engine, prepared: Promise<Prepared<unknown>>): Promise<void> {
  const created = await prepared.catch(() => null);
  if (created !== null) await inTurn(engine, () => created.session.release());
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
