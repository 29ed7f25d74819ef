import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Tensor } from "@xdeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { feeds, network } from "../../test/cached-network.ts";
import { loadModel } from "../load-model.ts";
import type { LoadModelOptions } from "../options.ts";

const KEY = /^[0-9a-f]{64}$/;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-cache-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function gradientOf(seed: number, options: LoadModelOptions = { cache: folder }, rule?: "guided"): Promise<Tensor> {
  await using model = await loadModel(network(seed), options);
  return (await model.vjp({ feeds, target: 1, ...(rule === undefined ? {} : { rule }) })).gradients["x"]!;
}

async function keys(): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => KEY.test(name));
}

describe("a cache of prepared graphs", () => {
  it("gives the same numbers, bit by bit, and keeps nothing but whole entries", async () => {
    const plain = await gradientOf(1, {});
    for (let run = 0; run < 2; run++) {
      expect(await gradientOf(1)).toEqual(plain);
      const names = await readdir(folder);
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !KEY.test(name))).toEqual([]);
    }
  });

  it("is read by later loads: what lies there is what runs", async () => {
    const [first, second] = [await gradientOf(1), await gradientOf(2)];
    const [a, b] = await keys();
    expect(await keys()).toHaveLength(2);
    const files = (await readdir(join(folder, a!))).toSorted();
    const swapped = await Promise.all(files.flatMap((file) => [a!, b!].map((key) => readFile(join(folder, key, file)))));
    for (const [k, file] of files.entries()) {
      await writeFile(join(folder, a!, file), swapped[2 * k + 1]!);
      await writeFile(join(folder, b!, file), swapped[2 * k]!);
    }
    expect(await gradientOf(1)).toEqual(second);
    expect(await gradientOf(2)).toEqual(first);
  });

  it("keeps other models, rules and settings apart", async () => {
    await gradientOf(1);
    expect(await keys()).toHaveLength(1);
    await gradientOf(1, { cache: folder }, "guided");
    expect(await keys()).toHaveLength(2);
    await gradientOf(2);
    expect(await keys()).toHaveLength(3);
    await gradientOf(1, { cache: folder, intraOpNumThreads: 2 });
    expect(await keys()).toHaveLength(4);
    await gradientOf(1, { cache: folder, weights: (_, tensor) => ({ ...tensor, data: tensor.data.map((value) => 2 * value) }) });
    expect(await keys()).toHaveLength(5);
    await gradientOf(1);
    expect(await keys()).toHaveLength(5);
  });

  it.each<[string, (entry: string) => Promise<void>]>([
    ["cut off", async (entry) => writeFile(join(entry, "model.onnx"), (await readFile(join(entry, "model.onnx"))).subarray(0, 1000))],
    ["changed in one bit", (entry) => flip(join(entry, "model.onnx"))],
    ["without its description", (entry) => rm(join(entry, "entry.json"))],
    ["without its model", (entry) => rm(join(entry, "model.onnx"))],
    ["described by half a sentence", (entry) => writeFile(join(entry, "entry.json"), '{"sha256":')],
  ])("ignores an entry that is %s, and writes it again", async (_, damage) => {
    const whole = await gradientOf(1);
    const [key] = await keys();
    const before = await readFile(join(folder, key!, "model.onnx"));
    await damage(join(folder, key!));
    expect(await gradientOf(1)).toEqual(whole);
    expect(await keys()).toEqual([key]);
    expect((await readFile(join(folder, key!, "model.onnx"))).equals(before)).toBe(true);
    expect(await gradientOf(1)).toEqual(whole);
  });

  it("is safe when several write the same entry at once", async () => {
    const plain = await gradientOf(1, {});
    const all = await Promise.all(Array.from({ length: 4 }, () => gradientOf(1)));
    for (const gradient of all) expect(gradient).toEqual(plain);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it("removes what was not used for longest beyond its size, and never a file of others", async () => {
    await writeFile(join(folder, "notes.txt"), "mine");
    await mkdir(join(folder, "pictures"));
    await gradientOf(1);
    const [first] = await keys();
    const { size } = await stat(join(folder, first!, "model.onnx"));
    await utimes(join(folder, first!), new Date(0), new Date(0));
    const cache = { folder, maxBytes: Math.round(2.5 * size) };
    await gradientOf(2, { cache });
    expect(await keys()).toHaveLength(2);
    await gradientOf(3, { cache });
    expect(await keys()).toHaveLength(2);
    expect(await keys()).not.toContain(first);
    await gradientOf(4, { cache: { folder, maxBytes: 100 } });
    expect((await readdir(folder)).toSorted()).toEqual(expect.arrayContaining(["notes.txt", "pictures"]));
    expect((await readdir(folder)).filter((name) => !KEY.test(name))).toHaveLength(2);
  });

  it("is refused where it cannot work, and where its folder is none", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    for (const options of [
      { cache: file },
      { cache: "" },
      { cache: { folder, maxBytes: 0 } },
      { cache: folder, engine: "onnxruntime-web" as const },
    ] satisfies LoadModelOptions[]) {
      await expect(loadModel(network(1), options)).rejects.toEqual(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
  });
});

async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
}
