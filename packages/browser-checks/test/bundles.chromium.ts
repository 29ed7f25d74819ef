import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Backprop } from "@xdeep/guided";
import { preprocess } from "@xdeep/image";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { install, packAll, versionOf } from "../../../scripts/packed.mjs";
import { BUNDLERS, layOut } from "./bundlers.ts";
import { discJpeg } from "./pictures.ts";
import { serveFolder } from "./serve-folder.ts";

interface Explained {
  readonly engine: string;
  readonly values: readonly number[];
  readonly target: readonly number[];
  readonly scores: readonly number[];
}

interface Result {
  readonly error?: string;
  readonly pixels: Readonly<Record<string, readonly number[]>>;
  readonly onnx: Readonly<Record<string, Explained>>;
  readonly tfjs: Readonly<Record<string, Explained>>;
  readonly overlay: number;
}

const NAMES = ["guided", "image", "integrated", "onnxruntime", "tfjs", "worker"].map((name) => `@xdeep/${name}`);
const TFJS = ["tfjs-core", "tfjs-layers", "tfjs-backend-cpu"].map((name) => `@tensorflow/${name}`);

let work: string;
let browser: Browser;
let expected: { readonly pixels: readonly number[]; readonly values: readonly number[]; readonly target: readonly number[] };

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "xdeep-bundles-"));
  const engines = {
    "onnxruntime-web": versionOf("onnxruntime", "onnxruntime-web"),
    ...Object.fromEntries(TFJS.map((name) => [name, versionOf("tfjs", name)])),
  };
  install(join(work, "consumer"), NAMES, packAll(join(work, "tarballs")), engines);
  await cp(fileURLToPath(new URL("../pages/consumer", import.meta.url)), join(work, "consumer"), { recursive: true });
  await layOutFiles(join(work, "files"));
  browser = await startChromium();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await rm(work, { recursive: true, force: true });
});

async function layOutFiles(folder: string): Promise<void> {
  await mkdir(folder);
  const model = fileURLToPath(new URL("../../../apps/demo/model/", import.meta.url));
  await cp(join(model, "shapes.onnx"), join(folder, "shapes.onnx"));
  await cp(join(model, "shapes-tfjs"), join(folder, "shapes-tfjs"), { recursive: true });
  const jpeg = await discJpeg();
  await writeFile(join(folder, "picture.jpg"), jpeg);
  const { tensor, picture } = await preprocess(jpeg, { preset: "unit", size: 64 });
  await using network = await loadModel(join(folder, "shapes.onnx"));
  const { values, target } = await integrated(new Backprop(network), { n: 5 }).explain(tensor);
  expected = { pixels: [...picture.data], values: [...values.data], target: target as readonly number[] };
}

describe("the packages as they are published, built for browsers without flags", () => {
  it.each(Object.entries(BUNDLERS))("by %s, give Node's numbers in Chromium", async (name, build) => {
    const folder = join(work, "consumer");
    const out = join(work, "out", name);
    await layOut(folder, out, join(work, "files"));
    await build(folder, out);
    await using site = await serveFolder(out);
    const { context, problems } = await freshProfile(browser);
    const page = await context.newPage();
    await page.goto(site.url);
    await page.waitForFunction("globalThis.result !== undefined", undefined, { timeout: 60_000 });
    const { error, pixels, onnx, tfjs, overlay } = (await page.evaluate("globalThis.result")) as Result;
    expect(error).toBeUndefined();
    expect(problems).toEqual([]);
    await context.close();
    for (const [source, each] of Object.entries(pixels)) expect(furthest(each, expected.pixels), source).toBeLessThanOrEqual(1);
    const scale = Math.max(...expected.values.map(Math.abs));
    for (const [source, { engine, values, target }] of Object.entries(onnx)) {
      expect(engine).toMatch(/^onnxruntime-web /);
      expect(target).toEqual(expected.target);
      expect(furthest(values, expected.values), source).toBeLessThan(1e-5 * scale);
    }
    for (const [source, { values, target }] of Object.entries(tfjs)) {
      expect(target).toEqual(expected.target);
      expect(furthest(channelsFirst(values), expected.values), source).toBeLessThan(1e-5 * scale);
    }
    expect(overlay).toBe(64 * 64 * 4);
  });
});

function furthest(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

function channelsFirst(values: readonly number[]): number[] {
  return values.map((_, i) => values[(i % 4096) * 3 + Math.floor(i / 4096)]!);
}
