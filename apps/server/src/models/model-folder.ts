import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { XDeepError } from "@xdeep/core";

import { HttpError } from "../http/http-error.ts";
import type { OpenedModel, ServerOptions } from "../options.ts";

/** A model that is served, with the queue of its requests. */
export interface ServedModel<Q> extends OpenedModel {
  readonly name: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** The first letters of it: what answers call the version. */
  readonly version: string;
  readonly queue: Q;
}

interface Entry<Q> {
  /** Size and time of the file that is loaded, or being loaded. */
  stamp: string;
  served: ServedModel<Q> | null;
  error: unknown;
}

export interface ModelFolderOptions<Q> extends Pick<ServerOptions, "folder" | "open"> {
  readonly queueOf: (opened: OpenedModel, name: string) => Q;
  /** Waits until nothing runs any more. */
  readonly drain: (queue: Q) => Promise<void>;
  readonly onLoad: (model: { readonly name: string; readonly error: unknown }) => void;
}

/**
 * The models of a folder. Callers' names are looked up among those that were found, and are no part of any path. A file that changes is loaded beside
 * the old one, which answers until then.
 */
export class ModelFolder<Q> {
  readonly #options: ModelFolderOptions<Q>;
  readonly #entries = new Map<string, Entry<Q>>();
  readonly #retiring = new Set<Promise<void>>();
  #scanning: Promise<void> | null = null;
  #scanned = false;
  #closed = false;

  constructor(options: ModelFolderOptions<Q>) {
    this.#options = options;
  }

  /** Whether the folder was looked at, and no model is still being loaded for the first time. */
  get ready(): boolean {
    return this.#scanned && [...this.#entries.values()].every(({ served, error }) => served !== null || error !== null);
  }

  get models(): readonly ServedModel<Q>[] {
    return [...this.#entries.values()].flatMap(({ served }) => (served === null ? [] : [served]));
  }

  /** The model, where there is one that answers. */
  find(name: string): ServedModel<Q> | undefined {
    return this.#entries.get(name.normalize())?.served ?? undefined;
  }

  /** @throws {XDeepError} MODEL_NOT_FOUND; MODEL_INVALID where it cannot be loaded; {HttpError} 503 while it is */
  get(name: string): ServedModel<Q> {
    const entry = this.#entries.get(name.normalize());
    if (entry?.served) return entry.served;
    if (entry?.error) throw new XDeepError("MODEL_INVALID", `The model "${name}" cannot be loaded: ${entry.error instanceof Error ? entry.error.message : ""}`);
    if (entry !== undefined) throw new HttpError(503, "LOADING", `The model "${name}" is being loaded.`, 1);
    const names = this.models.map((model) => model.name);
    throw new XDeepError("MODEL_NOT_FOUND", `There is no model "${name.slice(0, 100)}". Models: ${names.join(", ") || "none"}.`);
  }

  /** Looks at the folder, and loads what is new. One look at a time. */
  scan(): Promise<void> {
    this.#scanning ??= this.#scan().finally(() => (this.#scanning = null));
    return this.#scanning;
  }

  /** Loads a model again whose thread has died. */
  reload(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.stamp = "";
    // A folder that cannot be read now is looked at again by whoever watches it.
    this.scan().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#scanning;
    for (const { served } of this.#entries.values()) if (served !== null) this.#retire(served);
    this.#entries.clear();
    await Promise.all(this.#retiring);
  }

  async #scan(): Promise<void> {
    const found = await findModels(this.#options.folder);
    for (const [name, entry] of this.#entries) {
      if (found.has(name)) continue;
      this.#entries.delete(name);
      if (entry.served !== null) this.#retire(entry.served);
    }
    for (const [name, { path, stamp }] of found) {
      if (this.#closed) return;
      const entry = this.#entries.get(name) ?? { stamp: "", served: null, error: null };
      if (entry.stamp === stamp) continue;
      this.#entries.set(name, entry);
      await this.#load(name, { path, stamp }, entry);
    }
    this.#scanned = true;
  }

  async #load(name: string, { path, stamp }: FoundModel, entry: Entry<Q>): Promise<void> {
    const { open, queueOf, onLoad } = this.#options;
    try {
      const sha256 = await hashOf(path);
      const opened = await open(path);
      // What was hashed is perhaps not what was opened: the next look takes the file as it is then.
      if ((await stampOf(path)) !== stamp) {
        await opened.model.dispose();
        return;
      }
      entry.stamp = stamp;
      const before = entry.served;
      entry.served = { ...opened, name, sha256, version: sha256.slice(0, 12), queue: queueOf(opened, name) };
      entry.error = null;
      if (before !== null) this.#retire(before);
    } catch (error) {
      entry.stamp = stamp;
      entry.error = error;
    }
    onLoad({ name, error: entry.error });
  }

  #retire({ queue, model }: ServedModel<Q>): void {
    const retiring = this.#options.drain(queue).then(() => model.dispose());
    this.#retiring.add(retiring);
    void retiring.finally(() => this.#retiring.delete(retiring));
  }
}

interface FoundModel {
  readonly path: string;
  /** Of the file as it was found: another one is another model. */
  readonly stamp: string;
}

/** Letters of all scripts, digits, spaces, dots and dashes: a colon begins the verb of KServe's v1. */
const MODEL_NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_. -]*$/u;

/** Models by name: `NAME.onnx`, or a folder NAME with a model.onnx or model.json in it. Links are followed. */
async function findModels(folder: string): Promise<ReadonlyMap<string, FoundModel>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = new Map<string, FoundModel>();
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const isFile = /\.onnx$/i.test(entry.name) && !entry.isDirectory();
    // Some systems write an accent as a letter of its own.
    const name = (isFile ? entry.name.replace(/\.onnx$/i, "") : entry.name).normalize();
    if (!MODEL_NAME.test(name)) continue;
    const paths = isFile ? [entry.name] : ["model.onnx", "model.json", `${entry.name}.onnx`].map((file) => join(entry.name, file));
    for (const path of paths.map((each) => join(folder, each))) {
      const stamp = found.has(name) ? null : await stampOf(path);
      if (stamp !== null) found.set(name, { path, stamp });
    }
  }
  return found;
}

/** Null where there is no file. */
async function stampOf(path: string): Promise<string | null> {
  const file = await stat(path).catch(() => null);
  return file?.isFile() ? `${path} ${file.size} ${file.mtimeMs}` : null;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
