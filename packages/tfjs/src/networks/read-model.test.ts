import { createServer } from "node:http";
import { readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import * as converter from "@tensorflow/tfjs-converter";
import * as tfl from "@tensorflow/tfjs-layers";
import { memory } from "@tensorflow/tfjs-core";
import { beforeEach, describe, expect, it } from "vitest";

import { seededFeeds } from "../../test/check-model.ts";
import "../../test/engines.ts";
import { floatType, graphArtifacts, placeholder } from "../../test/graph-model.ts";
import { LAYERS_MODELS } from "../../test/layers-models.ts";
import { artifactsOf, writeModel } from "../../test/model-folder.ts";
import { loadModel } from "../index.ts";

const engine = "cpu";
const GRAPH = graphArtifacts(
  [
    placeholder("x", [-1, 3]),
    { name: "y", op: "MatMul", input: ["x", "kernel"], attr: { ...floatType, transpose_a: { b: false }, transpose_b: { b: false } } },
  ],
  [{ name: "kernel", shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }],
);

describe("a model.json", () => {
  it("is loaded by path and by file URL, and gives what the object gives", async () => {
    const network = LAYERS_MODELS["convolutions, pooling, dense softmax"]!();
    const path = await writeModel(await artifactsOf(network));
    const whole = await loadModel(network, { engine });
    const feeds = seededFeeds(whole, 2);
    const expected = Object.values((await whole.vjp({ feeds })).gradients);
    for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      const model = await loadModel(source, { engine });
      expect(Object.values((await model.vjp({ feeds })).gradients)).toEqual(expected);
    }
  });

  it("is loaded from more weight files than are read at a time, in their order", async () => {
    const network = LAYERS_MODELS["convolutions, pooling, dense softmax"]!();
    const path = await writeModel(await artifactsOf(network));
    const json = JSON.parse(await readFile(path, "utf8")) as { weightsManifest: { paths: string[] }[] };
    const paths = json.weightsManifest.flatMap((group) => group.paths);
    const bytes = Buffer.concat(await Promise.all(paths.map((name) => readFile(join(dirname(path), name)))));
    const size = Math.ceil(bytes.length / 40);
    const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => [`part${i}`, bytes.subarray(i * size, (i + 1) * size)] as const);
    json.weightsManifest = json.weightsManifest.map((group, i) => ({ ...group, paths: i === 0 ? parts.map(([name]) => name) : [] }));
    const [split, whole] = await Promise.all([
      loadModel(Buffer.from(JSON.stringify(json)), { engine, weightFiles: Object.fromEntries(parts) }),
      loadModel(network, { engine }),
    ]);
    const feeds = seededFeeds(whole, 2);
    expect((await split.vjp({ feeds })).gradients).toEqual((await whole.vjp({ feeds })).gradients);
  });

  it("is loaded from its bytes in any form, with its weight files beside them", async () => {
    const network = LAYERS_MODELS["convolutions, pooling, dense softmax"]!();
    const path = await writeModel(await artifactsOf(network));
    const json = await readFile(path);
    const names = (JSON.parse(json.toString()) as { weightsManifest: readonly { paths: readonly string[] }[] }).weightsManifest.flatMap(({ paths }) => paths);
    const weights = await Promise.all(names.map(async (name) => [name, new Blob([await readFile(join(dirname(path), name))])] as const));
    const weightFiles = Object.fromEntries(weights);
    const whole = await loadModel(network, { engine });
    const feeds = seededFeeds(whole, 2);
    const expected = Object.values((await whole.vjp({ feeds })).gradients);
    for (const source of [json, new Blob([json]), new File([json], "model.json"), new Response(json), new Response(json).body!]) {
      const model = await loadModel(source, { engine, weightFiles });
      expect(Object.values((await model.vjp({ feeds })).gradients)).toEqual(expected);
    }
    for (const missing of [undefined, {}]) {
      const message = expect.stringContaining(`weightFiles: { "${names[0]}": file }`);
      await expect(loadModel(new Blob([json]), { engine, weightFiles: missing })).rejects.toMatchObject({ code: "EXTERNAL_DATA_MISSING", message });
    }
  });

  it("is loaded by a library that is handed over, which must load its format", async () => {
    const path = await writeModel(GRAPH);
    let calls = 0;
    const loadGraphModel: typeof converter.loadGraphModel = (...args) => (calls++, converter.loadGraphModel(...args));
    await (await loadModel(path, { engine, library: { loadGraphModel } })).dispose();
    expect(calls).toBe(1);
    const wrong = loadModel(path, { engine, library: tfl });
    await expect(wrong).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("Pass @tensorflow/tfjs-converter") });
  });

  it("is loaded over HTTP, with weights beside it", async () => {
    const path = await writeModel(GRAPH);
    const server = createServer((request, response) => {
      void readFile(join(dirname(path), request.url!.slice(1).split("?")[0]!)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const model = await loadModel(new URL(`${url}/model.json`), { engine });
    const { gradients } = await model.vjp({ feeds: seededFeeds(model, 1), target: 1 });
    expect(Array.from(gradients["x"]!.data)).toEqual([2, 4, 6]);
    await expect(loadModel(`${url}/other.json`, { engine })).rejects.toMatchObject({ code: "MODEL_NOT_FOUND", message: expect.stringContaining("404") });
    await new Promise((resolve) => server.close(resolve));
  });

  it("is freed with the model that loaded it", async () => {
    const path = await writeModel(GRAPH);
    const before = memory().numTensors;
    const model = await loadModel(path, { engine });
    await model.vjp({ feeds: seededFeeds(model, 1) });
    await model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe("a damaged model", () => {
  let path = "";
  const shard = (): string => join(dirname(path), "group1-shard2of2.bin");

  beforeEach(async () => {
    path = await writeModel(GRAPH);
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ["MODEL_NOT_FOUND", "missing", () => rm(path)],
    ["EXTERNAL_DATA_MISSING", "without a weight file", () => rm(shard())],
    ["MODEL_INVALID", "with a truncated weight file", () => truncate(shard(), 8)],
    ["MODEL_INVALID", "not JSON", () => writeFile(path, "\x08\x07onnx")],
    ["MODEL_INVALID", "truncated", () => truncate(path, 100)],
    ["MODEL_INVALID", "some other JSON", () => writeFile(path, '{"name": "package"}')],
    ["MODEL_INVALID", "a topology of neither kind", () => writeFile(path, '{"modelTopology": {"a": 1}}')],
    ["MODEL_INVALID", "null", () => writeFile(path, "null")],
    [
      "MODEL_INVALID",
      "of an unknown layer",
      () =>
        writeFile(
          path,
          '{"format": "layers-model", "modelTopology": {"class_name": "Sequential", "config": {"layers": [{"class_name": "Nonsense", "config": {}}]}}, "weightsManifest": []}',
        ),
    ],
  ])("rejects with %s when it is %s", async (code, _, damage) => {
    await damage();
    const before = memory().numTensors;
    await expect(loadModel(path, { engine })).rejects.toMatchObject({ name: "XDeepError", code });
    expect(memory().numTensors).toBe(before);
  });

  const withManifest = async (change: (manifest: { paths: string[]; weights: unknown[] }[]) => unknown): Promise<void> => {
    const json = JSON.parse(await readFile(path, "utf8")) as { weightsManifest: { paths: string[]; weights: unknown[] }[] };
    await writeFile(path, JSON.stringify({ ...json, weightsManifest: change(json.weightsManifest) }));
  };

  it.each([
    "../weights.bin",
    "a/../../weights.bin",
    "%2e%2e/weights.bin",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://host.other/weights.bin",
    "//host.other/weights.bin",
    "\t//host.other/weights.bin",
    "http:\t//host.other/x",
    "data:,x",
    "..\\weights.bin",
    "",
  ])("reads nothing from %j, on disk and over HTTP", async (location) => {
    await withManifest(([group]) => [{ ...group, paths: [location] }]);
    await expect(loadModel(path, { engine })).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("not inside the model's folder"),
    });
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      void readFile(path).then((bytes) => response.end(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/net/model.json`;
    await expect(loadModel(url, { engine })).rejects.toMatchObject({ code: "MODEL_INVALID" });
    await new Promise((resolve) => server.close(resolve));
    expect(asked).toEqual(["/net/model.json"]);
  });

  it("follows links out of its folder only when told to", async () => {
    const outside = await writeModel(GRAPH);
    await rm(shard());
    await symlink(join(dirname(outside), "group1-shard2of2.bin"), shard());
    await expect(loadModel(path, { engine })).rejects.toMatchObject({ code: "MODEL_INVALID", message: expect.stringContaining("followSymlinks: true") });
    await expect(loadModel(pathToFileURL(path), { engine })).rejects.toMatchObject({ code: "MODEL_INVALID" });
    await (await loadModel(path, { engine, followSymlinks: true })).dispose();
  });

  it.each<[string, unknown]>([
    ["no list", 3],
    ["a list of nothing", [null]],
    ["paths that are no texts", [{ paths: [3], weights: [] }]],
    ["no weights", [{ paths: [] }]],
    ["a weight without dims", [{ paths: [], weights: [{ name: "w", dtype: "float32" }] }]],
    ["a weight of no dtype of TensorFlow.js", [{ paths: [], weights: [{ name: "w", dtype: "float99", shape: [] }] }]],
    ["a weight that is packed in no known way", [{ paths: [], weights: [{ name: "w", dtype: "float32", shape: [], quantization: null }] }]],
    ["a weight that is packed without a scale", [{ paths: [], weights: [{ name: "w", dtype: "float32", shape: [], quantization: { dtype: "uint8" } }] }]],
    ["a file that is listed many times", [{ paths: Array<string>(50_000).fill("group1-shard1of2.bin"), weights: [] }]],
    ["a weight that is listed twice", [{ paths: [], weights: [1, 2].map(() => ({ name: "w", dtype: "float32", shape: [] })) }]],
    ["a weight of negative size", [{ paths: [], weights: [{ name: "w", dtype: "float32", shape: [-1] }] }]],
  ])("refuses a manifest that is %s", async (_, manifest) => {
    await withManifest(() => manifest);
    await expect(loadModel(path, { engine })).rejects.toMatchObject({ code: "MODEL_INVALID", message: expect.stringContaining("weightsManifest") });
  });

  it("says how many bytes are there and how many are needed", async () => {
    await truncate(shard(), 8);
    await expect(loadModel(path, { engine })).rejects.toThrow("hold 20 bytes, its manifest needs 24");
  });
});

it("throws a plain TypeError for what is no model", async () => {
  await expect(loadModel(3 as never, { engine })).rejects.toThrow(TypeError);
  await expect(loadModel({ layers: 3 }, { engine })).rejects.toThrow(TypeError);
});

it("names the layers of an unsupported model that needs another input type", async () => {
  const network = tfl.sequential({
    layers: [tfl.layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4 }), tfl.layers.flatten(), tfl.layers.dense({ units: 2 })],
  });
  const model = await loadModel(network, { engine });
  const ids = {
    [model.inputs[0]!.name]: { type: model.inputs[0]!.type, dims: [1, 4], data: model.inputs[0]!.type === "int32" ? new Int32Array(4) : new Float32Array(4) },
  } as never;
  expect((await model.forward({ feeds: ids, target: 1 })).scores).toHaveLength(1);
});
