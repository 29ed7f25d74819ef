import { makeFolder } from "@xdeep/core/backend";

/** Modules of Node that are not imported, so that bundlers for browsers need not find them. */
export interface NodeModules {
  readonly fs: typeof import("node:fs/promises");
  readonly path: typeof import("node:path");
  readonly os: typeof import("node:os");
  readonly crypto: typeof import("node:crypto");
}

/** One entry: a model file, and something to know about it as JSON. */
export interface CacheEntry {
  readonly model: Uint8Array;
  readonly about: unknown;
}

/** An entry that nobody sees yet. */
export interface EntryDraft {
  /** Path at which its model file is to be written. */
  readonly model: string;
  /** Makes it visible, whole, under its key; the first of several processes wins. Nothing happens where its model was not written. */
  publish(key: string, about: unknown): Promise<void>;
  /** Removes what is left of it. */
  discard(): Promise<void>;
}

/** A folder of entries by key. Each lies in a folder of its own that appears by a rename, so that no reader ever meets half of one. */
export interface CacheFolder {
  /** Null where there is none. One that is damaged is removed. */
  read(key: string): Promise<CacheEntry | null>;
  /** Null where the disk has no place for it. */
  draft(): Promise<EntryDraft | null>;
  drop(key: string): Promise<void>;
}

/** Keys are hashes in hexadecimal: whatever else lies in the folder is not ours to touch. */
const KEY = /^[0-9a-f]{64}$/;
const MODEL = "model.onnx";
const ABOUT = "entry.json";
/** Drafts of processes that died lie around for an hour. */
const DRAFT = ".xdeep-draft-";
const OLDEST_DRAFT = 3_600_000;

/** What is written beside the model. */
interface About {
  readonly sha256: string;
  readonly about: unknown;
}

/** @throws what the file system says where the folder cannot be made */
export async function openFolder(node: NodeModules, folder: string, maxBytes: number): Promise<CacheFolder> {
  const { fs, path, crypto } = node;
  const root = path.resolve(folder);
  await makeFolder(root);
  const at = (...names: readonly string[]): string => path.join(root, ...names);
  const remove = (name: string): Promise<void> => quietly(fs.rm(at(name), { recursive: true, force: true }));

  async function read(key: string): Promise<CacheEntry | null> {
    try {
      const { sha256, about } = JSON.parse(await fs.readFile(at(key, ABOUT), "utf8")) as About;
      const model = await fs.readFile(at(key, MODEL));
      if (crypto.createHash("sha256").update(model).digest("hex") !== sha256) throw new Error("damaged");
      await quietly(fs.utimes(at(key), new Date(), new Date()));
      return { model, about };
    } catch {
      await remove(key);
      return null;
    }
  }

  async function draft(): Promise<EntryDraft | null> {
    const own = `${DRAFT}${process.pid}-${crypto.randomUUID()}`;
    try {
      await fs.mkdir(at(own));
    } catch {
      return null;
    }
    const publish = async (key: string, about: unknown): Promise<void> => {
      const model = await fs.readFile(at(own, MODEL));
      if (model.length > maxBytes) return;
      const sha256 = crypto.createHash("sha256").update(model).digest("hex");
      await fs.writeFile(at(own, ABOUT), JSON.stringify({ sha256, about } satisfies About));
      await fs.rename(at(own), at(key));
      await shrink(key);
    };
    return { model: at(own, MODEL), publish: (key, about) => quietly(publish(key, about)), discard: () => remove(own) };
  }

  /** Removes the entries that were not used for longest, until the others fit. */
  async function shrink(newest: string): Promise<void> {
    const names = (await fs.readdir(root)).filter((name) => KEY.test(name) || name.startsWith(DRAFT));
    const entries = await Promise.all(names.map(sizeOf));
    const isDead = ({ name, used }: Sized): boolean => name.startsWith(DRAFT) && Date.now() - used > OLDEST_DRAFT;
    for (const { name } of entries.filter(isDead)) await remove(name);
    const rank = ({ name, used }: Sized): number => (name === newest ? Infinity : used);
    const kept = entries.filter(({ name }) => KEY.test(name)).toSorted((a, b) => rank(b) - rank(a));
    let total = 0;
    for (const { name, bytes } of kept) {
      total += bytes;
      if (total > maxBytes) await remove(name);
    }
  }

  async function sizeOf(name: string): Promise<Sized> {
    const used = await fs.stat(at(name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    const sizes = await Promise.all(
      [MODEL, ABOUT].map((file) =>
        fs.stat(at(name, file)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return { name, used, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  return { read, draft, drop: remove };
}

interface Sized {
  readonly name: string;
  readonly used: number;
  readonly bytes: number;
}

/** A cache that cannot do what it should is none. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}
