import { XDeepError } from "@xdeep/core";
import { nodeModule } from "@xdeep/core/backend";

import { type CacheFolder, type NodeModules, openFolder } from "./cache-folder.ts";

/** Where prepared graphs are kept: a folder, and the bytes that they may take together. */
export type CacheOption = string | { readonly folder: string; readonly maxBytes?: number | undefined };

/** Some twenty ResNets. */
const DEFAULT_MAX_BYTES = 2 ** 31;
/** ONNX Runtime writes a graph as one protocol buffer, which ends at 2 GiB; and what is optimised may hold weights twice. */
const MOST_BYTES = 2 ** 29;

/** A graph as ONNX Runtime optimised it, and what its maker needs to run it. */
export interface StoredGraph<T> {
  readonly model: Uint8Array;
  readonly plan: T;
}

/** Optimised graphs of one model on disk. What is wrong with the disk costs time and nothing else: then graphs are made as without a cache. */
export interface SessionCache {
  /** The graph of this kind of call; null where there is none, or none that is whole. */
  read<T>(kind: string): Promise<StoredGraph<T> | null>;
  /** Calls `create` with a file for the optimised graph, which is kept with its plan once it is written. */
  keep<R>(kind: string, plan: unknown, create: (file: string | null) => Promise<R>): Promise<R>;
  /** Forgets a graph that the engine refused. */
  drop(kind: string): Promise<void>;
}

/**
 * Opens a cache for one model: `identity` is everything that its graphs depend on besides the kind of call, byte by byte; null for one that has none. Gives
 * null where nothing is kept: without an identity, and for models that are too large.
 *
 * @throws {XDeepError} OPTION_INVALID outside Node, and for a folder that cannot be made or a size that is no number of bytes
 */
export async function sessionCache(option: CacheOption, identity: readonly (Uint8Array | string)[] | null): Promise<SessionCache | null> {
  const { folder, maxBytes = DEFAULT_MAX_BYTES } = typeof option === "string" ? { folder: option } : option;
  const node = nodeModules();
  if (node === null) throw invalid("`cache` keeps files: it needs Node.", option);
  if (typeof folder !== "string" || folder === "" || !(Number.isFinite(maxBytes) && maxBytes > 0))
    throw invalid("`cache` is the path of a folder, or { folder, maxBytes } with a number of bytes above 0.", option);
  const files = await openFolder(node, folder, maxBytes).catch((cause: unknown) => {
    throw invalid(`The cache folder "${folder}" cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, option, cause);
  });
  if (identity === null || identity.reduce((sum, part) => sum + part.length, 0) > MOST_BYTES) return null;
  return new FolderCache(node, files, await identityOf(node, identity));
}

class FolderCache implements SessionCache {
  readonly #node: NodeModules;
  readonly #folder: CacheFolder;
  readonly #identity: string;

  constructor(node: NodeModules, folder: CacheFolder, identity: string) {
    this.#node = node;
    this.#folder = folder;
    this.#identity = identity;
  }

  async read<T>(kind: string): Promise<StoredGraph<T> | null> {
    const entry = await this.#folder.read(this.#key(kind));
    return entry === null ? null : { model: entry.model, plan: entry.about as T };
  }

  async keep<R>(kind: string, plan: unknown, create: (file: string | null) => Promise<R>): Promise<R> {
    const draft = await this.#folder.draft();
    if (draft === null) return create(null);
    try {
      // Where the graph cannot be written, a second try says whether it can be run.
      const created = await create(draft.model).catch(() => create(null));
      await draft.publish(this.#key(kind), plan);
      return created;
    } finally {
      await draft.discard();
    }
  }

  drop(kind: string): Promise<void> {
    return this.#folder.drop(this.#key(kind));
  }

  #key(kind: string): string {
    return this.#node.crypto.createHash("sha256").update(`${this.#identity}\n${kind}`).digest("hex");
  }
}

/** The machine is part of it: what ONNX Runtime optimises is laid out for one kind of processor. */
async function identityOf({ crypto, fs, os }: NodeModules, parts: readonly (Uint8Array | string)[]): Promise<string> {
  const hash = crypto.createHash("sha256");
  const features = await fs.readFile("/proc/cpuinfo", "utf8").then(
    (text) => /^(?:flags|Features)\s*:.*$/m.exec(text)?.[0] ?? "",
    () => "",
  );
  for (const part of [os.platform(), os.arch(), os.cpus()[0]?.model ?? "", features, ...parts]) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

function nodeModules(): NodeModules | null {
  const [fs, path, os, crypto] = ["node:fs/promises", "node:path", "node:os", "node:crypto"].map(nodeModule);
  return fs && path && os && crypto ? ({ fs, path, os, crypto } as NodeModules) : null;
}

function invalid(message: string, got: unknown, cause?: unknown): XDeepError {
  return new XDeepError("OPTION_INVALID", message, { details: { option: "cache", got }, cause });
}
