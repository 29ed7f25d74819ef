import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { type FloatTensor, type Tensor, float32, fromJSON, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { preprocess } from "@xdeep/image";
import { integrated } from "@xdeep/integrated";
import { type ModelProto, type TensorProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { readTokenizer, sumTokens } from "@xdeep/text";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { brokenLinks } from "./broken-links.ts";
import { detector } from "../../../packages/onnxruntime/test/detector.ts";
import { tokenizer } from "../../../packages/text/test/text-model.ts";
import { type BuiltPage, buildPage } from "./build-page.ts";

const SHARED = fileURLToPath(new URL("../../../../shared/", import.meta.url));
const DEMO_MODEL = fileURLToPath(new URL("../../demo/model/shapes.onnx", import.meta.url));
const TFJS_MODEL = fileURLToPath(new URL("../../demo/model/shapes-tfjs", import.meta.url));
const SAMPLES = fileURLToPath(new URL("../public/models/", import.meta.url));
const TOKENIZER = JSON.stringify(tokenizer);
/** What a task of the page's thread may take at most while something is explained, in milliseconds of a core. */
const LONGEST_FRAME = 100;

let site: BuiltPage;
let browser: Browser;
let context: BrowserContext;
let problems: string[];
let requests: string[];

beforeAll(async () => {
  [site, browser] = await Promise.all([buildPage(), startChromium()]);
}, 240_000);
afterAll(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
});
afterEach(async () => {
  await context.close();
  expect(problems).toEqual([]);
  // Nothing leaves the page: it asks its own origin alone.
  expect(requests.filter((url) => !url.startsWith(site.url) && !/^(data|blob):/.test(url))).toEqual([]);
});

async function open(hash = "", options: Parameters<typeof freshProfile>[1] = {}, started: Browser = browser): Promise<Page> {
  ({ context, problems, requests } = await freshProfile(started, { viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options }));
  const page = await context.newPage();
  await page.goto(`${site.url}${hash}`);
  return page;
}

async function ready(page: Page): Promise<void> {
  await page.locator(".status").getByText("Ready").waitFor({ timeout: 90_000 });
}

/** Drops files and folders on the page, as a person drags them from a file manager. */
async function dropOn(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) await session.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
}

async function download(page: Page, name: string | RegExp): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return readFileSync(await file.path());
}

/** The largest difference of two maps, by the largest value. */
function apart(a: FloatTensor, b: FloatTensor): number {
  expect(a.dims).toEqual(b.dims);
  const largest = b.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.data.reduce((most, value, n) => Math.max(most, Math.abs(value - b.data[n]!)), 0) / largest;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Thread time in microseconds: what a task took of a core, however busy the machine is. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of each task of the page's own thread. */
function pageTasks(trace: Buffer): readonly number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threads = new Set(
    traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid, tdur }) => /RunTask/.test(name) && tdur !== undefined && threads.has(`${pid}/${tid}`))
    .map(({ tdur }) => tdur! / 1000);
}

async function nodeMap(model: string, picture: string, options: Parameters<typeof preprocess>[1], target: number): Promise<FloatTensor> {
  const loaded = await loadModel(model);
  const { tensor } = await preprocess(picture, options);
  const { values } = await new Backprop(loaded, { rule: "guided" }).explain(tensor as FloatTensor, { target });
  await loaded.dispose();
  return values;
}

/** [1, C, H, W] as [1, H, W, C]. */
function channelsLast({ dims, data }: FloatTensor): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = dims;
  const moved = Float32Array.from(data, (_, at) => data[(at % channels) * height * width + Math.floor(at / channels)]!);
  return float32([1, height, width, channels], moved);
}

/** ids, mask [N, tokens] → the vectors of the tokens that the mask keeps → tanh → mean → logits [N, 2]. */
function sentiment(vocabulary: number): ModelProto {
  const weights = (name: string, seed: number, dims: readonly number[]): TensorProto =>
    tensorProto(name, float32(dims, Float32Array.from(createNoise(seed).next(sizeOf(dims)))));
  const axis: Tensor = { type: "int64", dims: [1], data: BigInt64Array.of(2n) };
  return modelProto({
    nodes: [
      nodeProto("Gather", ["table", "ids"], ["embedded"]),
      nodeProto("Cast", ["mask"], ["kept"], { to: 1 }),
      nodeProto("Unsqueeze", ["kept", "axis"], ["column"]),
      nodeProto("Mul", ["embedded", "column"], ["masked"]),
      nodeProto("Tanh", ["masked"], ["bent"]),
      nodeProto("ReduceMean", ["bent"], ["pooled"], { axes: [1], keepdims: 0 }),
      nodeProto("Gemm", ["pooled", "w"], ["logits"]),
    ],
    inputs: ["ids", "mask"].map((name) => valueInfoProto(name, "int64", ["N", "tokens"])),
    outputs: [valueInfoProto("logits", "float32", ["N", 2])],
    initializers: [weights("table", 1, [vocabulary, 6]), weights("w", 2, [6, 2]), tensorProto("axis", axis)],
    opset: 17,
  });
}

const mapIn = (json: Buffer): FloatTensor => {
  const { values } = fromJSON(json.toString());
  return Object.values(values as Readonly<Record<string, FloatTensor>>)[0]!;
};

describe("the page in Chromium, below a path", () => {
  it("explains a built-in network: its map is Node's, and the page loads less than 200 kB before the engine", async () => {
    const page = await open();
    const first = requests.filter((url) => url.startsWith(site.url)).map((url) => url.slice(site.url.length));
    const bytes = first
      .filter((path) => !path.endsWith(".onnx"))
      .map((path) => gzipSync(readFileSync(join(site.folder, path === "" ? "index.html" : path))).length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
    await page.getByRole("button", { name: "Shapes" }).first().click();
    await ready(page);
    expect(await page.locator("xdeep-map figcaption").allTextContents()).toEqual(["guided: circle", "integrated: circle", "Grad-CAM: circle"]);
    const json = await download(page, /^JSON of circle\.guided/);
    const expected = await nodeMap(DEMO_MODEL, join(SAMPLES, "shapes/circle.png"), { preset: "unit", size: { width: 64, height: 64 }, resize: "stretch" }, 0);
    expect(apart(mapIn(json), expected)).toBeLessThan(1e-5);
    // A path meets kinks, where the engine of Node may take another side: the same engine takes the same.
    const same = await loadModel(readFileSync(DEMO_MODEL), { engine: "onnxruntime-web" });
    const { tensor } = await preprocess(join(SAMPLES, "shapes/circle.png"), { preset: "unit", size: { width: 64, height: 64 }, resize: "stretch" });
    const { values } = await integrated(new Backprop(same), { n: 32 }).explain(tensor as FloatTensor, { target: 0 });
    await same.dispose();
    expect(apart(mapIn(await download(page, /^JSON of circle\.integrated/)), values)).toBeLessThan(1e-5);
  });

  it("freezes for no frame, and cancels within a run", async () => {
    const page = await open("#model=shapes&sample=star&methods=guided");
    await ready(page);
    await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
    await page.getByRole("button", { name: "integrated", exact: true }).click();
    await page.locator(".status").getByText("Explaining").waitFor();
    await page.getByRole("button", { name: "SmoothGrad" }).click();
    await ready(page);
    const tasks = pageTasks(await browser.stopTracing());
    // What was ended by the next thing was done after it.
    expect(await page.getByText("cancelled").count()).toBe(0);
    expect(tasks.length).toBeGreaterThan(10);
    expect(tasks.filter((milliseconds) => milliseconds > LONGEST_FRAME)).toEqual([]);
    await page.locator("label", { hasText: "steps" }).locator("input").fill("1000");
    await page.locator("label", { hasText: "steps" }).locator("input").press("Enter");
    await page.locator(".status").getByText("Explaining by integrated").waitFor();
    const start = Date.now();
    await page.getByRole("button", { name: "Cancel" }).click();
    await ready(page);
    expect(Date.now() - start).toBeLessThan(5000);
    // The model is as usable as before.
    await page.getByRole("button", { name: "gradient", exact: true }).click();
    await page.getByRole("button", { name: "integrated", exact: true }).click();
    await page.getByRole("button", { name: "SmoothGrad" }).click();
    await ready(page);
    await expect.poll(() => page.locator("xdeep-map figcaption").allTextContents()).toContain("gradient: star");
  });

  it("explains numbers as bars, follows the path, removes places and shuffles weights", async () => {
    const page = await open("#model=fruit&sample=a%20lemon&methods=integrated");
    await ready(page);
    expect(await page.locator("xdeep-map .bars tbody tr").count()).toBe(5);
    expect(await page.locator("xdeep-map figcaption").first().textContent()).toBe("integrated: lemon");
    await page.getByRole("button", { name: "Follow it" }).click();
    await page.getByText("Attributed so far:").waitFor();
    await page.getByRole("button", { name: "Remove and return places" }).click();
    await page.getByText("mean score: this map").last().waitFor();
    await page.getByRole("button", { name: "Shuffle its weights" }).click();
    await expect.poll(() => page.getByText("rank correlation with the map").count(), { timeout: 60_000 }).toBe(3);
    await page.getByRole("textbox", { name: /weight/ }).fill("46, 44, 0.9, 0.66, 24");
    await page.getByRole("button", { name: "Explain these" }).click();
    await expect.poll(() => page.locator("xdeep-map figcaption").first().textContent()).toBe("integrated: plum");
    await ready(page);
    await page.getByRole("button", { name: "Follow it" }).click();
    await page.getByText("Attributed so far:").waitFor();
    // The path of one class is not shown as that of another.
    await page.getByRole("checkbox", { name: /^apple/ }).check();
    await page.getByRole("checkbox", { name: /^plum/ }).uncheck();
    await ready(page);
    expect(await page.locator("xdeep-map figcaption").first().textContent()).toBe("integrated: apple");
    expect(await page.getByText("Attributed so far:").count()).toBe(0);
  });

  it("takes files that are dropped: a model with its labels and a picture, and says what it cannot read", async () => {
    const page = await open();
    const chooser = page.locator("input[type=file]");
    await chooser.setInputFiles([{ name: "broken.onnx", mimeType: "application/octet-stream", buffer: Buffer.from("no model") }]);
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toMatch(/\[MODEL_INVALID\]/);
    // Browsers tell of a file that is chosen again only where nothing is chosen.
    expect(await chooser.inputValue()).toBe("");
    await chooser.setInputFiles([{ name: "paper.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4") }]);
    await page.getByRole("alert").getByText('"paper.pdf": nothing here that the page can read.').waitFor();
    const names = { name: "names.txt", mimeType: "text/plain", buffer: Buffer.from("<b>circle</b>\nsquare\n") };
    await chooser.setInputFiles([
      { name: "mine.onnx", mimeType: "application/octet-stream", buffer: readFileSync(DEMO_MODEL) },
      names,
      { name: "circle.png", mimeType: "image/png", buffer: readFileSync(join(SAMPLES, "shapes/circle.png")) },
    ]);
    await ready(page);
    expect(await page.locator("xdeep-map figcaption").first().textContent()).toBe("guided: <b>circle</b>");
    const explainer = await download(page, "The explainer as an ONNX file");
    expect(explainer.length).toBeGreaterThan(readFileSync(DEMO_MODEL).length);
    // As Teachable Machine writes it of models of sounds, whose spectrograms have the dims of grey pictures.
    const sounds = { tfjsSpeechCommandsVersion: "0.4.0", modelName: "TMv2", wordLabels: ["Background Noise", "Clap"] };
    await chooser.setInputFiles([
      { name: "metadata.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(sounds)) },
      { name: "circle.png", mimeType: "image/png", buffer: readFileSync(join(SAMPLES, "shapes/circle.png")) },
    ]);
    await page.getByRole("alert").getByText('"mine.onnx" takes spectrograms of sounds, and no pictures: its input has dims [N, 3, 64, 64].').waitFor();
  });

  it("asks for the sizes that a file leaves open, where its gradient needs them", async () => {
    const page = await open();
    const buffer = Buffer.from(writeModel(detector()));
    await page.locator("input[type=file]").setInputFiles([{ name: "detector.onnx", mimeType: "application/octet-stream", buffer }]);
    await page.getByRole("heading", { name: "Sizes that detector.onnx leaves open" }).waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("Give the sizes below. [MODEL_UNSUPPORTED]");
    await page.getByRole("textbox", { name: /^input/ }).fill("N, 12");
    await page.getByRole("button", { name: "Load with these sizes" }).click();
    await page.getByRole("textbox", { name: /input, sr/ }).fill('{"input": [1, -2, 3, 0.5, 2, 1, -1, 0, 2, 1, 3, 1], "sr": [8000]}');
    await page.getByRole("button", { name: "Explain these" }).click();
    await page.locator("xdeep-map .bars").first().waitFor();
    await ready(page);
    expect(await page.locator("xdeep-map .bars").first().locator("tbody tr").count()).toBe(12);
  });

  it("shows several inputs as one table, and explains the output that is chosen", async () => {
    const page = await open();
    const weights = (name: string, dims: readonly number[], values: readonly number[]): TensorProto => tensorProto(name, float32(dims, values));
    const model = modelProto({
      nodes: [nodeProto("Concat", ["age", "income"], ["x"], { axis: 1 }), nodeProto("MatMul", ["x", "a"], ["risk"]), nodeProto("MatMul", ["x", "b"], ["kind"])],
      inputs: ["age", "income"].map((name) => valueInfoProto(name, "float32", ["N", 1])),
      outputs: [valueInfoProto("risk", "float32", ["N", 1]), valueInfoProto("kind", "float32", ["N", 2])],
      initializers: [weights("a", [2, 1], [2, -1]), weights("b", [2, 2], [1, 2, 3, 4])],
      opset: 17,
    });
    await page
      .locator("input[type=file]")
      .setInputFiles([{ name: "columns.onnx", mimeType: "application/octet-stream", buffer: Buffer.from(writeModel(model)) }]);
    await ready(page);
    await page.getByRole("textbox", { name: /age, income/ }).fill('{"age": [3], "income": [5]}');
    await page.getByRole("button", { name: "Explain these" }).click();
    const barsOf = async (caption: string): Promise<string> => {
      const map = page.locator("xdeep-map").last();
      await map.locator("figcaption").getByText(caption).waitFor();
      await map.locator(".bars tbody tr").nth(1).waitFor();
      await ready(page);
      return (await map.locator(".bars tbody").innerText()).replaceAll(/\s+/g, " ");
    };
    expect(await barsOf("integrated: class 0")).toMatch(/age.* 6 .*income.* −5 /);
    await page.getByLabel("output").selectOption("kind");
    expect(await barsOf("integrated: class 1")).toMatch(/age.* 6 .*income.* 20 /);
    await page.getByText("The command line that gives the same").click();
    await page.getByText("--target 1 --steps 32 --input income=income.json --output kind").waitFor();
  });

  it("takes a TensorFlow.js folder that is dropped, with labels and a picture, in place of a network that is open: its map is that of the ONNX file", async () => {
    const page = await open("#model=digits&sample=7&methods=guided");
    await ready(page);
    const picture = join(SAMPLES, "shapes/circle.png");
    await dropOn(page, [TFJS_MODEL, join(TFJS_MODEL, "../labels.json"), picture]);
    await page.locator("xdeep-map figcaption").getByText("guided: circle").waitFor({ timeout: 90_000 });
    await ready(page);
    expect(await page.locator(".status .engine").textContent()).toMatch(/^tfjs-core [\d.]+ \(wasm\)/);
    expect(await page.getByText("float32 [N, 64, 64, 3] NHWC").count()).toBe(1);
    const map = mapIn(await download(page, /^JSON of circle\.guided/));
    const same = await nodeMap(DEMO_MODEL, picture, { preset: "unit", size: { width: 64, height: 64 }, resize: "stretch" }, 0);
    expect(apart(map, channelsLast(same))).toBeLessThan(1e-5);
    for (const experiment of ["Follow it", "Remove and return places", "Shuffle its weights"]) await page.getByRole("button", { name: experiment }).click();
    await expect.poll(() => page.getByText("rank correlation with the map").count(), { timeout: 60_000 }).toBe(3);
    await page.getByText("Attributed so far:").waitFor();
    await page.getByText("mean score: this map").last().waitFor();
  });

  it("explains a model of tokens at its embedding: the words of its vocabulary, and Node's sums", async () => {
    const page = await open();
    const bytes = writeModel(sentiment(20));
    await page.locator("input[type=file]").setInputFiles([
      { name: "sentiment.onnx", mimeType: "application/octet-stream", buffer: Buffer.from(bytes) },
      { name: "vocab.txt", mimeType: "text/plain", buffer: Buffer.from("[PAD]\nan\n<i>awful</i>\ngood\nfilm\n") },
      { name: "tokenizer_config.json", mimeType: "application/json", buffer: Buffer.from("{}") },
    ]);
    await ready(page);
    await page.getByRole("heading", { name: "Now give sentiment.onnx something to explain" }).waitFor();
    await page.getByRole("textbox", { name: /ids, mask/ }).fill('{"ids": [1, 2, 4, 9], "mask": [1, 1, 1, 0]}');
    await page.getByRole("button", { name: "Explain these" }).click();
    await page.locator("xdeep-map figcaption").getByText("integrated: class").waitFor();
    await ready(page);
    // What the vocabulary has no word for keeps its number.
    expect(await page.locator("xdeep-map").first().locator(".words > *").allTextContents()).toEqual(["an", "<i>awful</i>", "film", "9"]);
    const map = mapIn(await download(page, /^JSON of numbers\.integrated/));
    const loaded = await loadModel(bytes);
    const int64 = (...numbers: readonly number[]): Tensor => ({ type: "int64", dims: [1, 4], data: BigInt64Array.from(numbers, BigInt) });
    const explainer = integrated(new Backprop(loaded), { n: 32 });
    const { values } = await explainer.explain({ ids: int64(1, 2, 4, 9), mask: int64(1, 1, 1, 0) }, { wrt: ["embedded"] });
    await loaded.dispose();
    expect(apart(map, values["embedded"] as FloatTensor)).toBeLessThan(1e-5);
    await page.getByRole("button", { name: "Remove and return places" }).click();
    await page.getByText("mean score: this map").last().waitFor();
  });

  it("cuts a text by the tokenizer that is dropped with the model: its tokens and words, and Node's sums", async () => {
    const page = await open();
    const bytes = writeModel(sentiment(400));
    await page.locator("input[type=file]").setInputFiles([
      { name: "sentiment.onnx", mimeType: "application/octet-stream", buffer: Buffer.from(bytes) },
      { name: "tokenizer.json", mimeType: "application/json", buffer: Buffer.from(TOKENIZER) },
      { name: "tokenizer_config.json", mimeType: "application/json", buffer: Buffer.from('{"model_max_length": 16}') },
    ]);
    await ready(page);
    await page.getByRole("textbox", { name: "a text" }).fill("A great film, awfully boring");
    await page.getByRole("button", { name: "Explain this text" }).click();
    await page.locator("xdeep-map figcaption").getByText("integrated: class").waitFor();
    await ready(page);
    const loaded = await loadModel(bytes);
    const { feeds, baseline, tokens, words } = readTokenizer(TOKENIZER).encode("A great film, awfully boring", loaded);
    const { values } = await integrated(new Backprop(loaded), { n: 32, baseline }).explain(feeds, { wrt: ["embedded"] });
    await loaded.dispose();
    const shown = page.locator("xdeep-map").first().locator(".words > *");
    expect(await shown.allTextContents()).toEqual(tokens.map(({ text }) => text));
    expect(tokens.length).toBeGreaterThan(words.length);
    expect(apart(mapIn(await download(page, /^JSON of text\.integrated/)), values["embedded"] as FloatTensor)).toBeLessThan(1e-5);
    await page.getByRole("checkbox", { name: "sums per word" }).check();
    expect(await shown.allTextContents()).toEqual(["[CLS]", "a", "great", "film", ",", "awfully", "boring", "[SEP]"]);
    await page.locator("xdeep-map summary").first().click();
    const sums = sumTokens(
      values["embedded"] as FloatTensor,
      words.map(({ tokens: places }) => places),
    );
    const cells = (await page.locator("xdeep-map").first().locator("tbody tr td:nth-of-type(1)").allTextContents()).map((text) =>
      Number(text.replace("−", "-")),
    );
    for (const [n, cell] of cells.entries()) expect(cell).toBeCloseTo(sums.data[n]!, 3);
    // Two classes by one method have one scale.
    await page.getByRole("checkbox", { name: "class 0" }).check();
    await page.getByRole("checkbox", { name: "class 1" }).check();
    await ready(page);
    const ends = await page.locator("xdeep-map .high").allTextContents();
    expect([ends.length, new Set(ends).size]).toEqual([2, 1]);
    // The path leads from padding to the text.
    await page.getByRole("button", { name: "Follow it" }).click();
    await page.getByText("Attributed so far:").waitFor();
    expect(await page.locator("xdeep-map").last().locator(".words > *").allTextContents()).toEqual(tokens.map(({ text }) => text));
    // Of two texts that are too long together, the end of the longer one is left out.
    const pair = "An awful film, and more boring than any other film of this year";
    await page.getByText("a second text").click();
    await page.getByRole("textbox", { name: "a second text" }).fill(pair);
    await page.getByRole("button", { name: "Explain this text" }).click();
    await ready(page);
    const both = readTokenizer(TOKENIZER, { model_max_length: 16 }).encode("A great film, awfully boring", loaded, { pair, truncate: true });
    await page.getByText(`The model takes 16 tokens: the last ${both.leftOut} of the longer text were left out.`).waitFor();
    await ready(page);
    expect(await shown.allTextContents()).toEqual(both.words.map(({ text }) => text));
  });

  it("explains a frame of the camera, and lets the camera go, also where the page turns to another model", async () => {
    const page = await open("#model=shapes&sample=star&methods=guided", { permissions: ["camera"] });
    await ready(page);
    const camera = (): Promise<string> => page.evaluate("globalThis.track.readyState");
    const start = async (): Promise<void> => {
      await page.getByRole("button", { name: "Use the camera" }).click();
      await page.getByRole("button", { name: "Take this frame" }).and(page.locator(":enabled")).waitFor();
      await page.evaluate("globalThis.track = document.querySelector('video').srcObject.getTracks()[0]");
      expect(await camera()).toBe("live");
    };
    const star = await page.locator("canvas[role=img]").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await start();
    await page.getByRole("button", { name: "Take this frame" }).click();
    await page.getByRole("heading", { name: "Input a frame of the camera" }).waitFor();
    await ready(page);
    expect(await camera()).toBe("ended");
    expect(await page.locator("video").count()).toBe(0);
    const frame = page.getByRole("img", { name: "a frame of the camera, resized and cropped" });
    expect(await frame.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())).not.toBe(star);
    const map = mapIn(await download(page, /^JSON of a_frame_of_the_camera\.guided/));
    expect(map.dims).toEqual([1, 3, 64, 64]);
    expect(map.data.some((value) => value !== 0)).toBe(true);
    await start();
    await page.getByRole("button", { name: "Fruit" }).click();
    await page.locator("xdeep-map .bars").first().waitFor();
    expect(await camera()).toBe("ended");
    await ready(page);
  });

  it("says so where it is not given the camera, and goes on", async () => {
    const page = await open("#model=shapes&sample=star&methods=guided");
    await ready(page);
    await page.getByRole("button", { name: "Use the camera" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("This page was not given the camera.");
    expect(await page.getByRole("button", { name: "Use the camera" }).isEnabled()).toBe(true);
  });

  it("says that a GPU is emulated, and runs there where it is told to: the map is that of the CPU", async () => {
    const emulating = await startChromium({ softwareGpu: true });
    try {
      const page = await open("#model=digits&sample=7&methods=guided", {}, emulating);
      await ready(page);
      const ofCpu = mapIn(await download(page, /^JSON of 7\.guided/));
      await page.getByLabel("device").selectOption("webgpu");
      await page.getByRole("alert").waitFor();
      expect(await page.getByRole("alert").textContent()).toMatch(/is emulated by software \(.*swiftshader\), slower than the CPU.*\[GPU_UNAVAILABLE\]/);
      await ready(page);
      // What was found on the CPU is still there.
      expect(mapIn(await download(page, /^JSON of 7\.guided/)).data).toEqual(ofCpu.data);
      await page.getByLabel("device").selectOption("emulated");
      await page.locator(".engine").getByText("swiftshader").waitFor({ timeout: 120_000 });
      await ready(page);
      expect(await page.getByRole("alert").count()).toBe(0);
      expect(apart(mapIn(await download(page, /^JSON of 7\.guided/)), ofCpu)).toBeLessThan(1e-3);
    } finally {
      await emulating.close();
    }
  });

  it("says why there is no GPU, and goes on where the model ran", async () => {
    const page = await open("#model=fruit&sample=a%20plum&methods=integrated");
    await ready(page);
    await page.getByLabel("device").selectOption("webgpu");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toMatch(/The model runs on the CPU, as before\. \[GPU_UNAVAILABLE\]/);
    await ready(page);
    expect(await page.getByLabel("device").inputValue()).toBe("wasm");
    await page.getByRole("checkbox", { name: /^apple/ }).check();
    await page.locator("xdeep-map figcaption").getByText("integrated: apple").waitFor();
    await ready(page);
  });

  it("comes back by a link, and works without a network once it was loaded", async () => {
    const page = await open("#model=digits&sample=7&methods=guided&targets=7");
    await ready(page);
    await page.getByRole("button", { name: "A link to this" }).click();
    await page.getByText("now brings this back").waitFor();
    expect(page.url()).toContain("sample=7");
    // Another address, and back, while the page is open.
    await page.goto(`${site.url}#model=fruit&sample=a%20plum&methods=vanilla`);
    await page.locator("xdeep-map figcaption").getByText("gradient: plum").waitFor();
    await page.goBack();
    await page.locator("xdeep-map figcaption").getByText("guided: 7").waitFor();
    await ready(page);
    await page.evaluate(async () => (await navigator.serviceWorker.ready).active !== null);
    await page.reload();
    await ready(page);
    await context.setOffline(true);
    site.server.closeAllConnections();
    await page.reload();
    await ready(page);
    expect(await page.locator("xdeep-map figcaption").allTextContents()).toEqual(["guided: 7"]);
    await context.setOffline(false);
  });

  it.each(["light", "dark"] as const)("has no serious finding of axe, %s", async (colorScheme) => {
    const page = await open("#model=fruit&sample=a%20plum&methods=integrated", { colorScheme, bypassCSP: true });
    await ready(page);
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        readonly axe: {
          run(): Promise<{
            readonly violations: readonly { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly html: string }[] }[];
          }>;
        };
      };
      return (await axe.run()).violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
    });
    expect(found).toEqual([]);
  });

  it("has the documentation beside it: the exports of every package, links that lead somewhere, and a search that finds guides and declarations", async () => {
    const folder = join(site.folder, "docs");
    const docs = readdirSync(folder)
      .filter((file) => file.endsWith(".html"))
      .map((file) => ({ file, html: readFileSync(join(folder, file), "utf8") }));
    expect(docs.filter(({ file }) => file.startsWith("api-")).length).toBeGreaterThan(20);
    expect(brokenLinks(docs)).toEqual([]);
    const page = await open("docs/index.html");
    const find = async (words: string, heading: RegExp): Promise<void> => {
      await page.getByRole("searchbox").fill(words);
      await page.locator("#found a", { hasText: heading }).first().click();
      await page.waitForLoadState();
    };
    await find("which method", /^Which method/);
    expect(page.url()).toContain("which-method.html");
    await find("captum", /^Coming from Captum/);
    expect(page.url()).toContain("coming-from-captum.html");
    await find("convergenceDelta attribution", /^Attribution /);
    expect(page.url()).toMatch(/api-core\.html#attribution$/);
    expect(
      await page
        .getByRole("row", { name: /convergenceDelta/ })
        .first()
        .isVisible(),
    ).toBe(true);
  });

  it("is told by keys alone, from a network to the value of a pixel", async () => {
    const page = await open();
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let n = 0; n < 60; n++) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
          const deepest = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
          return deepest?.getAttribute("aria-label") ?? deepest?.textContent ?? "";
        });
        if (name.test(focused)) return;
      }
      throw new Error(`No key leads to ${String(name)}.`);
    };
    await tabTo(/^Digits/);
    await page.keyboard.press("Enter");
    await ready(page);
    await tabTo(/Most at the/);
    await page.keyboard.press("PageDown");
    await expect.poll(() => page.locator("xdeep-map .readout").first().textContent()).toContain("rank 1 of 784");
  });

  it.skipIf(!existsSync(join(SHARED, "models/squeezenet/squeezenet.onnx")))("drop SqueezeNet and a cat: the right class, and Node's map to 1e-5", async () => {
    const page = await open();
    const model = join(SHARED, "models/squeezenet/squeezenet.onnx");
    const picture = join(SHARED, "images/kitten_224.png");
    await page.locator("input[type=file]").setInputFiles([model, join(SHARED, "models/squeezenet/imagenet_class_index.json"), picture]);
    await ready(page);
    await page.locator("select").filter({ hasText: "caffe" }).selectOption("caffe");
    await page
      .locator(".status")
      .getByText("Ready")
      .waitFor({ state: "hidden" })
      .catch(() => undefined);
    await ready(page);
    expect(await page.locator("xdeep-map figcaption").first().textContent()).toBe("guided: tabby");
    const json = await download(page, /^JSON of kitten_224\.guided/);
    expect(apart(mapIn(json), await nodeMap(model, picture, "caffe", 281))).toBeLessThan(1e-5);
  });
});
