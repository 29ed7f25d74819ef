import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";

import { XDeepError } from "@xdeep/core";

import { HttpError } from "../http/http-error.ts";
import type { OpenedModel, ServerOptions } from "../options.ts";
import { type FoundModel, findModels } from "./find-models.ts";

/** A model that is served, with the queue of its requests. */
export interface ServedModel<Q> extends OpenedModel {
  readonly name: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** The first letters of it, or of those of all files where there are several: what answers call the version. */
  readonly version: string;
  readonly queue: Q;
}

interface Entry<Q> {
  found: FoundModel;
  /** Stamp of the files that were loaded, or failed to; null: to be loaded. */
  loaded: string | null;
  served: ServedModel<Q> | null;
  error: unknown;
  /** When it was asked last, by a clock that counts askings. */
  used: number;
}

export interface ModelFolderOptions<Q> extends Pick<ServerOptions, "folder" | "open"> {
  /** Models that are open at a time. */
  readonly keep: number;
  readonly queueOf: (opened: OpenedModel, name: string) => Q;
  /** Waits until nothing runs any more. */
  readonly drain: (queue: Q) => Promise<void>;
  readonly onLoad: (model: { readonly name: string; readonly error: unknown }) => void;
}

/**
 * The models of a folder. Callers' names are looked up among those that were found, and are no part of any path. A model that changes is loaded beside
 * the old one, which answers until then. Where there are more than are kept open, one is opened when it is asked for, and the one that was not asked
 * for longest is closed.
 */
export class ModelFolder<Q> {
  readonly #options: ModelFolderOptions<Q>;
  readonly #entries = new Map<string, Entry<Q>>();
  readonly #retiring = new Set<Promise<void>>();
  /** Stamps of the last look. */
  #seen = new Map<string, string>();
  #scanning: Promise<void> | null = null;
  /** The end of what is being loaded: one model at a time. */
  #loading: Promise<void> = Promise.resolve();
  #ready = false;
  #closed = false;
  #clock = 0;

  constructor(options: ModelFolderOptions<Q>) {
    this.#options = options;
  }

  /** Whether what was in the folder at first is loaded. Models that come later are no reason to send callers of the others away. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Those that are open. */
  get models(): readonly ServedModel<Q>[] {
    return [...this.#entries.values()].flatMap(({ served }) => (served === null ? [] : [served]));
  }

  /** Of all but those that cannot be loaded. */
  get names(): readonly string[] {
    return [...this.#entries].flatMap(([name, { served, error }]) => (served === null && error !== null ? [] : [name]));
  }

  /** The model, where it is open. */
  find(name: string): ServedModel<Q> | undefined {
    return this.#entries.get(name.normalize())?.served ?? undefined;
  }

  /** @throws {XDeepError} MODEL_NOT_FOUND; MODEL_INVALID where it cannot be loaded; {HttpError} 503 while it is */
  async get(name: string): Promise<ServedModel<Q>> {
    const entry = this.#entries.get(name.normalize());
    if (entry === undefined) {
      throw new XDeepError("MODEL_NOT_FOUND", `There is no model "${name.slice(0, 100)}". Models: ${this.names.join(", ") || "none"}.`);
    }
    entry.used = this.#clock += 1;
    if (entry.served === null && entry.error === null && this.#isBounded) await this.#load(name.normalize(), entry);
    if (entry.served !== null) return entry.served;
    if (entry.error !== null)
      throw new XDeepError("MODEL_INVALID", `The model "${name}" cannot be loaded: ${entry.error instanceof Error ? entry.error.message : ""}`);
    throw new HttpError(503, "LOADING", `The model "${name}" is being loaded.`, 1);
  }

  /** Looks at the folder, and loads what is new. One look at a time. */
  scan(): Promise<void> {
    this.#scanning ??= this.#scan().finally(() => (this.#scanning = null));
    return this.#scanning;
  }

  /** Loads a model again whose thread has died. */
  reload(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.loaded = null;
    // A folder that cannot be read now is looked at again by whoever watches it.
    this.scan().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#scanning;
    await this.#loading;
    for (const { served } of this.#entries.values()) void this.#retire(served);
    this.#entries.clear();
    await Promise.all(this.#retiring);
  }

  /** Whether some models are closed until they are asked for. */
  get #isBounded(): boolean {
    return this.#entries.size > this.#options.keep;
  }

  async #scan(): Promise<void> {
    const found = await findModels(this.#options.folder);
    for (const [name, entry] of this.#entries) {
      if (found.has(name)) continue;
      this.#entries.delete(name);
      void this.#retire(entry.served);
    }
    const seen = this.#seen;
    this.#seen = new Map([...found].map(([name, { stamp }]) => [name, stamp]));
    const changed: [string, Entry<Q>][] = [];
    for (const [name, model] of found) {
      // What differs from the last look is perhaps still being copied.
      if (this.#ready && seen.get(name) !== model.stamp) continue;
      const entry = this.#entries.get(name) ?? { found: model, loaded: null, served: null, error: null, used: 0 };
      this.#entries.set(name, entry);
      entry.found = model;
      if (entry.loaded === model.stamp) continue;
      if (entry.served === null) entry.error = null;
      changed.push([name, entry]);
    }
    for (const [name, entry] of changed) {
      if (this.#closed) return;
      const isRoom = this.#ready ? !this.#isBounded : this.models.length < this.#options.keep;
      if (entry.served !== null || isRoom) await this.#load(name, entry);
    }
    this.#ready ||= this.models.length >= this.#options.keep || [...this.#entries.values()].every(({ loaded, found: { stamp } }) => loaded === stamp);
  }

  /** Opens a model that is not open as its files are now, when those before it are. */
  #load(name: string, entry: Entry<Q>): Promise<void> {
    this.#loading = this.#loadAfter(this.#loading, name, entry);
    return this.#loading;
  }

  async #loadAfter(others: Promise<void>, name: string, entry: Entry<Q>): Promise<void> {
    await others;
    if (this.#closed || entry.loaded === entry.found.stamp || this.#entries.get(name) !== entry) return;
    if (entry.served === null) await this.#makeRoom();
    await this.#open(name, entry);
    // Those who waited for it take it before the next one may need its place.
    await setImmediate();
  }

  /** Closes the model that was not asked for longest, where there are as many as are kept. */
  async #makeRoom(): Promise<void> {
    const open = [...this.#entries.values()].filter(({ served }) => served !== null);
    if (open.length < this.#options.keep) return;
    const [oldest] = open.toSorted((a, b) => a.used - b.used) as [Entry<Q>];
    const { served } = oldest;
    oldest.served = null;
    oldest.loaded = null;
    await this.#retire(served);
  }

  async #open(name: string, entry: Entry<Q>): Promise<void> {
    const { open, queueOf, onLoad } = this.#options;
    const { path, files, stamp } = entry.found;
    try {
      const hashes = await Promise.all(files.map(hashOf));
      const opened = await open(path);
      // What was hashed is perhaps not what was opened: the next look takes the files as they are then.
      const now = await findModels(this.#options.folder).catch(() => null);
      if (now?.get(name)?.stamp !== stamp) {
        await opened.model.dispose();
        return;
      }
      const [sha256 = ""] = hashes;
      const version = hashes.length === 1 ? sha256 : createHash("sha256").update(hashes.join()).digest("hex");
      const before = entry.served;
      entry.served = { ...opened, name, sha256, version: version.slice(0, 12), queue: queueOf(opened, name) };
      entry.error = null;
      void this.#retire(before);
    } catch (error) {
      entry.error = error;
    }
    entry.loaded = stamp;
    onLoad({ name, error: entry.error });
  }

  /** Lets a model go when nobody asks it any more. */
  #retire(served: ServedModel<Q> | null): Promise<void> {
    if (served === null) return Promise.resolve();
    const retiring = this.#closeWhenUnused(served).finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
    return retiring;
  }

  async #closeWhenUnused({ queue, model }: ServedModel<Q>): Promise<void> {
    // Whoever got it just now has told its queue after this turn.
    await setImmediate();
    await this.#options.drain(queue);
    await model.dispose();
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
