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
function watched(onOpen: (path: string) => Promise<void> = async () => undefined): { readonly models: ModelFolder<null>; readonly disposed: string[] } {
  const disposed: string[] = [];
  const open = async (path: string): Promise<OpenedModel> => {
    await onOpen(path);
    const engine = await readFile(path, "utf8");
    return { model: { engine, dispose: async () => void disposed.push(engine) }, preprocessing: null, labels: null } as unknown as OpenedModel;
  };
  return { models: new ModelFolder({ folder, open, queueOf: () => null, drain: async () => undefined, onLoad: () => undefined }), disposed };
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
    expect(models.get("cafe\u0301")).toBe(models.find("café"));
    await models.close();
  });
});
