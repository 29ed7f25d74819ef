import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { type BuiltPage, buildPages } from "./build-page.ts";
import { copyEngines } from "./engine-files.ts";
import { type Site, serveFolder } from "./serve-folder.ts";

interface Gradient {
  readonly engine: string;
  readonly data: readonly number[];
  readonly scores: readonly number[];
}

const SQUEEZENET = fileURLToPath(new URL("../../../../shared/models/squeezenet/squeezenet.onnx", import.meta.url));

let browser: Browser;
let pages: BuiltPage;
let site: Site;

beforeAll(async () => {
  browser = await startChromium({ softwareGpu: true });
  pages = await buildPages(["devices/devices.ts"]);
  await copyEngines(pages.folder);
  if (existsSync(SQUEEZENET)) await copyFile(SQUEEZENET, join(pages.folder, "squeezenet.onnx"));
  site = await serveFolder(pages.folder);
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await pages?.[Symbol.asyncDispose]();
});

async function play<T>(scene: string, { mayComplain = false }: { readonly mayComplain?: boolean } = {}): Promise<T> {
  const { context, problems } = await freshProfile(browser);
  try {
    const page = await context.newPage();
    await page.goto(`${site.url}devices.html`);
    await page.waitForFunction("globalThis.play !== undefined");
    const result = (await page.evaluate(`globalThis.play(${JSON.stringify(scene)})`)) as T;
    if (!mayComplain) expect(problems).toEqual([]);
    return result;
  } finally {
    await context.close();
  }
}

describe("WebGPU", () => {
  it("that is emulated is refused, with its name, unless it is allowed", async () => {
    expect(await play("refused")).toMatchObject({
      code: "GPU_UNAVAILABLE",
      message: expect.stringMatching(/swiftshader.*allowSoftwareGpu/),
      details: { emulated: expect.stringMatching(/swiftshader/) },
    });
  });

  it("rejects a call during which its device met an error, and answers the next", async () => {
    const { outcome, later } = await play<{ readonly outcome: string; readonly later: number }>("deviceError", { mayComplain: true });
    expect(outcome).toMatch(/^ENGINE_FAILED: onnxruntime-web .* failed while it ran the model/);
    expect(later).toBe(2);
  });

  it.each([
    ["a join of more inputs than a shader has buffers", "wideJoin", 1e-5],
    ["a convolution of six channels to eight, which its kernel gets wrong", "sixChannels", 1e-5],
    ["SqueezeNet", "squeezenet", 1e-3],
  ])("gives wasm's gradient of %s", async (_, scene, tolerance) => {
    if (scene === "squeezenet" && !existsSync(SQUEEZENET)) return console.warn(`NOT RUN: there is no ${SQUEEZENET}.`);
    const { wasm, webgpu } = await play<{ readonly wasm: Gradient; readonly webgpu: Gradient }>(scene);
    expect(webgpu.engine).toMatch(/webgpu, on the CPU: google swiftshader/);
    for (const part of ["data", "scores"] as const) {
      const largest = most(wasm[part]);
      expect(largest).toBeGreaterThan(0);
      expect(most(wasm[part].map((value, i) => value - webgpu[part][i]!))).toBeLessThan(tolerance * largest);
    }
  });
});

function most(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
