import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { float32 } from "@xdeep/core";
import { type GradientRule, builtinRules, withRules } from "@xdeep/autodiff";
import { nodeProto, modelProto, valueInfoProto, writeModel, writeModelWithExternalData } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { failure } from "../test/failure.ts";
import { perceptron, randomTensor, sequenceInput } from "../test/small-models.ts";
import { loadEngine } from "./engine/engine.ts";
import { loadModel } from "./load-model.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-"));
  await writeFile(join(folder, "model.onnx"), writeModel(perceptron()));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a source that is no model", () => {
  it("a wrong path names the models that lie there", async () => {
    const { code, message } = await failure(loadModel(join(folder, "modle.onnx")));
    expect(code).toBe("MODEL_NOT_FOUND");
    expect(message).toContain(`There is no file "${join(folder, "modle.onnx")}"`);
    expect(message).toContain("model.onnx");
  });

  it("a text file is called one", async () => {
    const path = join(folder, "notes.onnx");
    await writeFile(path, "Weights are on the other disk.\n");
    const { code, message } = await failure(loadModel(path));
    expect(code).toBe("MODEL_INVALID");
    expect(message).toContain("a text file");
  });

  it("an empty file is called empty", async () => {
    const { code, message } = await failure(loadModel(new Uint8Array()));
    expect(code).toBe("MODEL_INVALID");
    expect(message).toContain("0 bytes");
  });

  it("a file cut off anywhere is refused, and never loaded in part", async () => {
    const bytes = await readFile(join(folder, "model.onnx"));
    for (let length = 1; length < bytes.length; length += 7) {
      const { code, message } = await failure(loadModel(bytes.subarray(0, length)));
      expect(code, `${length} of ${bytes.length} bytes`).toBe("MODEL_INVALID");
      expect(message).toMatch(/cut off|damaged|looks like|no graph|operator set/);
    }
  });

  it("a URL that is not there says what the server answered", async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`;
    const missing = await failure(loadModel(url));
    await new Promise((resolve) => server.close(resolve));
    const unreachable = await failure(loadModel(url));
    expect([missing.code, unreachable.code]).toEqual(["MODEL_NOT_FOUND", "MODEL_NOT_FOUND"]);
    expect(missing.message).toContain("404");
    expect(unreachable.cause).toBeInstanceOf(Error);
  });

  it.each(["../w.bin", "%2e%2e/w.bin", "/w.bin", "//other.host/w.bin", "\t//other.host/w.bin", "http:\t//other.host/w.bin", "data:,x", "..\\w.bin"])(
    "a model on the web that keeps its weights at %j is refused, and nothing more is fetched",
    async (location) => {
      const { bytes } = writeModelWithExternalData(perceptron(), { location, externalThreshold: 0 });
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url ?? "");
        response.end(bytes);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { code } = await failure(loadModel(`http://127.0.0.1:${(server.address() as AddressInfo).port}/net/model.onnx`));
      await new Promise((resolve) => server.close(resolve));
      expect([code, asked]).toEqual(["MODEL_INVALID", ["/net/model.onnx"]]);
    },
  );

  it("what is no source at all is a TypeError", async () => {
    await expect(loadModel(42 as never)).rejects.toThrow(TypeError);
  });
});

describe("a model that cannot be explained", () => {
  it("string inputs are refused by name", async () => {
    const model = modelProto({
      nodes: [nodeProto("StringNormalizer", ["text"], ["words"]), nodeProto("Shape", ["words"], ["count"]), nodeProto("Cast", ["count"], ["y"], { to: 1 })],
      inputs: [valueInfoProto("text", "string", ["N"])],
      outputs: [valueInfoProto("y", "float32", [1])],
    });
    const { code, message, details } = await failure(loadModel(writeModel(model)));
    expect(code).toBe("MODEL_UNSUPPORTED");
    expect(message).toContain('Input "text" holds strings');
    expect(details).toEqual({ input: "text", kind: "string" });
  });

  it("sequence inputs are refused by name", async () => {
    const model = modelProto({
      nodes: [nodeProto("ConcatFromSequence", ["parts"], ["y"], { axis: 0 })],
      inputs: [sequenceInput("parts")],
      outputs: [valueInfoProto("y", "float32", ["N", 3])],
    });
    const { code, message } = await failure(loadModel(writeModel(model)));
    expect(code).toBe("MODEL_UNSUPPORTED");
    expect(message).toContain('Input "parts" holds a sequence');
  });

  it("operators without a rule are listed all at once", async () => {
    const custom = { domain: "com.example" };
    const model = modelProto({
      nodes: [
        nodeProto("Fold", ["x"], ["a"], {}, { ...custom, name: "fold_1" }),
        nodeProto("Relu", ["a"], ["b"]),
        nodeProto("Crease", ["b"], ["y"], {}, { ...custom, name: "crease_7" }),
      ],
      inputs: [valueInfoProto("x", "float32", ["N", 3])],
      outputs: [valueInfoProto("y", "float32", ["N", 3])],
      domains: { "com.example": 1 },
    });
    const { code, message } = await failure(loadModel(writeModel(model)));
    expect(code).toBe("GRADIENT_MISSING");
    expect(message).toContain('com.example:Fold (node "fold_1")');
    expect(message).toContain('com.example:Crease (node "crease_7")');
    expect(message).toContain("options.rules");
  });

  it("an operator that the engine does not have is its failure, in its words", async () => {
    const model = modelProto({
      nodes: [nodeProto("Fold", ["x"], ["y"], {}, { domain: "com.example" })],
      inputs: [valueInfoProto("x", "float32", ["N", 3])],
      outputs: [valueInfoProto("y", "float32", ["N", 3])],
      domains: { "com.example": 1 },
    });
    const fold: GradientRule = { op: "Fold", domain: "com.example", since: [1], pullback: ({ cotangent }) => [cotangent(0)] };
    const loaded = await loadModel(writeModel(model), { rules: withRules(builtinRules, fold), logSeverityLevel: 4 });
    const { code, message, cause } = await failure(loaded.forward({ feeds: { x: randomTensor(1, [1, 3]) } }));
    expect(code).toBe("ENGINE_FAILED");
    expect(message).toMatch(/onnxruntime-node [\d.]+ refused the model: .*Fold/);
    expect(cause).toBeInstanceOf(Error);
  });

  it("an input without a number of axes is refused until its dims are given", async () => {
    const bytes = writeModel(
      modelProto({
        nodes: [nodeProto("Softplus", ["x"], ["h"]), nodeProto("GlobalAveragePool", ["h"], ["m"]), nodeProto("Flatten", ["m"], ["y"])],
        inputs: [valueInfoProto("x", "float32", null)],
        outputs: [valueInfoProto("y", "float32", null)],
      }),
    );
    const { code, message } = await failure(loadModel(bytes));
    expect(code).toBe("MODEL_UNSUPPORTED");
    expect(message).toContain("inputDims");
    expect((await failure(loadModel(bytes, { inputDims: { image: ["N"] } }))).code).toBe("INPUT_UNKNOWN");
    const loaded = await loadModel(bytes, { inputDims: { x: ["N", 2, null, null] } });
    expect(loaded.inputs[0]!.dims).toEqual([null, 2, null, null]);
    expect((await loaded.vjp({ feeds: { x: float32([1, 2, 1, 2]) }, target: 1 })).gradients["x"]!.data).toEqual(Float32Array.of(0, 0, 0.25, 0.25));
    await loaded.dispose();
  });
});

describe("an engine that is not there", () => {
  it("names the package to install", async () => {
    const { code, message, cause } = await failure(loadEngine("onnxruntime-node", () => Promise.reject(new Error("Cannot find package 'onnxruntime-node'"))));
    expect(code).toBe("ENGINE_MISSING");
    expect(message).toContain("npm install onnxruntime-node");
    expect(cause).toBeInstanceOf(Error);
  });

  it("on a page is to be handed over, because bundlers do not see it", async () => {
    vi.stubGlobal("process", undefined);
    const { code, message } = await failure(loadEngine(undefined, () => Promise.reject(new TypeError("Failed to resolve module specifier")))).finally(() =>
      vi.unstubAllGlobals(),
    );
    expect(code).toBe("ENGINE_MISSING");
    expect(message).toContain("loadModel(source, { engine: ort })");
  });

  it("another name is refused", async () => {
    const { code, message } = await failure(loadModel(writeModel(perceptron()), { engine: "onnxruntime" as never }));
    expect(code).toBe("OPTION_INVALID");
    expect(message).toContain('"onnxruntime-node"');
  });

  it("a module that is no ONNX Runtime is refused", async () => {
    const { code } = await failure(loadModel(writeModel(perceptron()), { engine: {} as never }));
    expect(code).toBe("OPTION_INVALID");
  });
});

describe("no GPU", () => {
  it("is refused with the reason of each provider", async () => {
    const noGpu = {
      ...ort,
      InferenceSession: class {
        static create = () => Promise.reject(new Error("driver not found.\n  at line 1"));
      },
    };
    const { code, message, details } = await failure(loadModel(writeModel(perceptron()), { engine: noGpu as never, useGpu: true }));
    expect(code).toBe("GPU_UNAVAILABLE");
    expect(message).toMatch(/^No GPU can be used by onnxruntime-node [\d.]+\. cuda: driver not found; webgpu: driver not found\. Leave out useGpu/);
    expect(details).toEqual({ reasons: { cuda: "driver not found", webgpu: "driver not found" }, emulated: null });
  });
});
