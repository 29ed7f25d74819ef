import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type FloatTensor, float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { exportExplainer } from "@xdeep/export";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { gradCam } from "@xdeep/layers";
import { type ModelSource, loadModel } from "@xdeep/onnxruntime";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { convNet } from "../../export/test/networks.ts";
import { copyEngines } from "./engine-files.ts";
import { type Site, serveFolder } from "./serve-folder.ts";

/** A network of residual blocks for pictures of 64 × 64. */
const DEMO = new URL("../../../apps/demo/model/shapes.onnx", import.meta.url);

/** ONNX Runtime and nothing of ours. */
const page = (provider: "wasm" | "webgpu"): string => `<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," /><script type="module">
import * as ort from "./ort.${provider}.min.mjs";
ort.env.wasm.wasmPaths = new URL("engine/", document.baseURI).href;
ort.env.wasm.numThreads = 1;
globalThis.explain = async (dims, data) => {
  const session = await ort.InferenceSession.create("./${provider}.onnx", { executionProviders: ["${provider}"], logSeverityLevel: 3 });
  const found = await session.run({ [session.inputNames[0]]: new ort.Tensor("float32", Float32Array.from(data), dims) });
  return Object.fromEntries(Object.entries(found).map(([name, tensor]) => [name, Array.from(tensor.data, Number)]));
};
</script>`;

let browser: Browser;
let folder: string;
let site: Site;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-exported-"));
  await copyEngines(folder);
  for (const provider of ["wasm", "webgpu"] as const) {
    const file = `ort.${provider}.min.mjs`;
    await cp(fileURLToPath(new URL(`../node_modules/onnxruntime-web/dist/${file}`, import.meta.url)), join(folder, file));
    await writeFile(join(folder, `${provider}.html`), page(provider));
  }
  site = await serveFolder(folder);
  browser = await startChromium({ softwareGpu: true });
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it.each<[provider: "wasm" | "webgpu", of: string, network: ModelSource, side: number]>([
  ["wasm", "the demo's network", DEMO, 64],
  // Six channels to eight, which WebGPU computes wrongly where they are not filled up.
  ["webgpu", "six channels to eight", convNet(), 8],
])("an exported file gives the API's numbers where the engine is alone on the page: %s, %s", async (provider, _, network, side) => {
  const image = picture(2, side);
  const { bytes, expected } = await exported(network, image, provider === "webgpu");
  await writeFile(join(folder, `${provider}.onnx`), bytes);
  const { context, problems, requests } = await freshProfile(browser);
  const tab = await context.newPage();
  await tab.goto(`${site.url}${provider}.html`);
  await tab.waitForFunction("globalThis.explain !== undefined");
  const call = `globalThis.explain(${JSON.stringify(image.dims)}, ${JSON.stringify([...image.data])})`;
  const found = (await tab.evaluate(call)) as Readonly<Record<string, readonly number[]>>;
  expect(problems).toEqual([]);
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
  expect(found["target"]).toEqual(expected["target"]);
  for (const [name, values] of Object.entries(expected)) {
    if (name === "target") continue;
    // A delta is a difference of scores, and rounds as they do.
    const scale = largest(name.startsWith("convergence_delta") ? expected["score"]! : values);
    expect(scale, name).toBeGreaterThan(0);
    expect(largest(Array.from(values, (value, i) => value - found[name]![i]!)) / scale, name).toBeLessThan(1e-5);
  }
  const paths = requests.map((url) => new URL(url).pathname).filter((path) => !path.startsWith("/engine/"));
  expect(new Set(paths)).toEqual(new Set([`/${provider}.html`, `/ort.${provider}.min.mjs`, `/${provider}.onnx`]));
  await context.close();
});

/** A file of three methods, and what the API gives in Node, by the names of its outputs. */
async function exported(
  network: ModelSource,
  image: FloatTensor,
  webgpu: boolean,
): Promise<{ readonly bytes: Uint8Array; readonly expected: Readonly<Record<string, ArrayLike<number>>> }> {
  // The engine of the page: another rounds otherwise, and the gradient of a network with kinks jumps between the two.
  const model = await loadModel(network, { engine: "onnxruntime-web" });
  const gradient = new Backprop(model);
  const explainers = { vanilla: gradient, grad_cam: gradCam(model), integrated: integrated(gradient, { n: 8 }) };
  const methods = Object.fromEntries(Object.entries(explainers).map(([name, { method }]) => [name, method]));
  const bytes = await exportExplainer(model, methods, { outputs: [], webgpu });
  const expected: Record<string, ArrayLike<number>> = {};
  for (const [name, explainer] of Object.entries(explainers)) {
    const { values, scores, target, convergenceDelta } = await explainer.explain(image);
    expected[`attribution_${name}`] = values.data;
    if (convergenceDelta !== undefined) expected[`convergence_delta_${name}`] = convergenceDelta;
    Object.assign(expected, { score: scores, target });
  }
  await model.dispose();
  return { bytes, expected };
}

function picture(rows: number, side: number): FloatTensor {
  const numbers = createNoise(8).next(rows * 3 * side * side);
  return float32(
    [rows, 3, side, side],
    Float32Array.from(numbers, (value) => 0.5 + value / 4),
  );
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
