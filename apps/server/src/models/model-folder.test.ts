import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ModelFolder } from "./model-folder.ts";
import type { OpenedModel } from "../options.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-models-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Models that are the text of their files. */
function watched(
  onOpen: (path: string) => Promise<void> = async () => undefined,
  keep = Infinity,
): { readonly models: ModelFolder<null>; readonly disposed: string[] } {
  const disposed: string[] = [];
  const open = async (path: string): Promise<OpenedModel> => {
    await onOpen(path);
    const engine = await readFile(path, "utf8");
    return { model: { engine, dispose: async () => void disposed.push(engine) }, preprocessing: null, labels: null } as unknown as OpenedModel;
  };
  return { models: new ModelFolder({ folder, open, keep, queueOf: () => null, drain: async () => undefined, onLoad: () => undefined }), disposed };
}

describe("a folder of models", () => {
  it("never serves a model under the hash of another, which the file held when it was begun", async () => {
    await writeFile(join(folder, "net.onnx"), "old");
    let opened = 0;
    const { models, disposed } = watched(async (path) => {
      if (opened++ === 0) await writeFile(path, "newer");
    });
    await models.scan();
    expect([models.find("net"), models.ready, disposed]).toEqual([undefined, false, ["newer"]]);
    await models.scan();
    expect(models.find("net")).toMatchObject({ model: { engine: "newer" }, sha256: expect.stringMatching(/^804f51f7/) as string });
    await models.close();
  });

  it("that cannot be read is no end: a model whose thread has died is looked for later", async () => {
    await writeFile(join(folder, "net.onnx"), "net");
    const { models } = watched();
    await models.scan();
    await rm(folder, { recursive: true });
    models.reload("net");
    await expect(models.scan()).rejects.toMatchObject({ code: "ENOENT" });
    await mkdir(folder);
    await models.close();
  });

  it("has names in all scripts, and follows links to folders", async () => {
    const elsewhere = join(folder, ".elsewhere");
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, "model.onnx"), "linked");
    await symlink(elsewhere, join(folder, "linked"));
    for (const name of ["モデル 1", "cafe\u0301", "a:b", ".hidden"]) await writeFile(join(folder, `${name}.onnx`), name);
    const { models } = watched();
    await models.scan();
    expect(models.models.map(({ name }) => name)).toEqual(["café", "linked", "モデル 1"]);
    expect(await models.get("cafe\u0301")).toBe(models.find("café"));
    await models.close();
  });

  it("looks at all files of a model: what is being copied is waited for, and other weights are another version", async () => {
    const net = join(folder, "net");
    await mkdir(net);
    const opened: string[] = [];
    const { models } = watched(async (path) => void opened.push(path));
    await models.scan();
    await writeFile(join(net, "model.json"), "net");
    await models.scan();
    await writeFile(join(net, "weights.bin"), "half");
    await models.scan();
    expect(opened).toEqual([]);
    await models.scan();
    const { version, sha256 } = await models.get("net");
    await writeFile(join(net, "weights.bin"), "whole");
    for (let looks = 0; looks < 3; looks++) await models.scan();
    const now = await models.get("net");
    expect([opened.length, now.sha256 === sha256, now.version === version, models.ready]).toEqual([2, true, false, true]);
    await models.close();
  });

  it("keeps a bound number open: others are opened when they are asked for, and the one not asked for longest is closed", async () => {
    for (const name of ["a", "b", "c", "d"]) await writeFile(join(folder, `${name}.onnx`), name);
    const { models, disposed } = watched(undefined, 2);
    const open = (): readonly string[] => models.models.map(({ name }) => name);
    await models.scan();
    expect([open(), models.names, models.ready]).toEqual([["a", "b"], ["a", "b", "c", "d"], true]);
    await models.get("a");
    const [first, second] = await Promise.all([models.get("c"), models.get("c")]);
    expect([first === second, open(), disposed]).toEqual([true, ["a", "c"], ["b"]]);
    await models.scan();
    await writeFile(join(folder, "d.onnx"), "newer");
    for (let looks = 0; looks < 2; looks++) await models.scan();
    expect((await models.get("d")).model.engine).toBe("newer");
    expect([open(), disposed]).toEqual([
      ["c", "d"],
      ["b", "a"],
    ]);
    // Nobody gets one that was closed meanwhile, however many are asked for at once.
    await Promise.all(
      ["a", "b", "c", "d", "a", "b"].map(async (name) => {
        const { model } = await models.get(name);
        const before = disposed.filter((each) => each === model.engine).length;
        await Promise.resolve();
        expect([name, disposed.filter((each) => each === model.engine).length]).toEqual([name, before]);
      }),
    );
    expect(open()).toHaveLength(2);
    await expect(models.get("e")).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await models.close();
    expect(disposed.toSorted()).toEqual(expect.arrayContaining(["a", "b", "c", "newer"]));
  });
});
