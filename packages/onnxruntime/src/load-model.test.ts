import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Model } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { loadModelFile, saveModelFile, valueInfoProto, writeModel, writeModelWithExternalData } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../test/failure.ts";
import { perceptron, randomTensor, smallCnn } from "../test/small-models.ts";
import { loadModel } from "./load-model.ts";

const x = randomTensor(7, [2, 4]);
const bytes = writeModel(perceptron());
let folder = "";
let expected: unknown;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-"));
  await writeFile(join(folder, "model.onnx"), bytes);
  expected = await explained(await loadModel(bytes));
});
afterAll(() => rm(folder, { recursive: true }));

/** The gradient of x; the model is disposed. */
async function explained(model: Model): Promise<unknown> {
  const { values, scores } = await new Backprop(model).explain(x, { target: 1 });
  await model.dispose();
  return { values, scores };
}

describe("a model is loaded from", () => {
  it("a path", async () => {
    expect(await explained(await loadModel(join(folder, "model.onnx")))).toEqual(expected);
  });

  it("a file URL, as an object and as text", async () => {
    const url = pathToFileURL(join(folder, "model.onnx"));
    expect(await explained(await loadModel(url))).toEqual(expected);
    expect(await explained(await loadModel(url.href))).toEqual(expected);
  });

  it("bytes, in a Buffer at any offset, and an ArrayBuffer", async () => {
    const shifted = Buffer.concat([Buffer.from([1, 2, 3]), bytes]).subarray(3);
    expect(await explained(await loadModel(shifted))).toEqual(expected);
    expect(await explained(await loadModel(bytes.slice().buffer))).toEqual(expected);
  });

  it("a model that was read or built", async () => {
    expect(await explained(await loadModel(perceptron()))).toEqual(expected);
    const { model, bytes: read } = await loadModelFile(join(folder, "model.onnx"));
    expect(Buffer.compare(read, bytes)).toBe(0);
    expect(await explained(await loadModel(model))).toEqual(expected);
  });

  it("a web address, and a data URL", async () => {
    const server = createServer((_, response) => response.end(bytes));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`;
    expect(await explained(await loadModel(url))).toEqual(expected);
    expect(await explained(await loadModel(new URL(url)))).toEqual(expected);
    await new Promise((resolve) => server.close(resolve));
    expect(await explained(await loadModel(`data:application/octet-stream;base64,${Buffer.from(bytes).toString("base64")}`))).toEqual(expected);
  });

  it("a Blob, a File, a Response and a stream, with weights in any of these forms", async () => {
    const forms = (bytes: Uint8Array) => [
      new Blob([bytes as Uint8Array<ArrayBuffer>]),
      new File([bytes as Uint8Array<ArrayBuffer>], "a"),
      new Response(bytes as Uint8Array<ArrayBuffer>),
      new Response(bytes as Uint8Array<ArrayBuffer>).body!,
    ];
    const { bytes: slim, location, data } = writeModelWithExternalData(perceptron(), { location: "weights.bin", externalThreshold: 0 });
    for (const source of forms(writeModel(perceptron()))) expect(await explained(await loadModel(source))).toEqual(expected);
    for (const weights of forms(Buffer.concat(data)))
      expect(await explained(await loadModel(slim, { weightFiles: { [location]: weights } }))).toEqual(expected);
    await expect(loadModel(new Response("", { status: 500 }))).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    const unread = { weightFiles: { [location]: new Response("", { status: 404 }) } };
    await expect(loadModel(slim, unread)).rejects.toMatchObject({ code: "EXTERNAL_DATA_MISSING" });
  });

  it("a path with weights beside it, or bytes with the files that hold them", async () => {
    await saveModelFile(join(folder, "outside.onnx"), perceptron(), { externalThreshold: 0 });
    expect(await explained(await loadModel(join(folder, "outside.onnx")))).toEqual(expected);
    const { bytes: slim, location, data } = writeModelWithExternalData(perceptron(), { location: "weights.bin", externalThreshold: 0 });
    expect(await explained(await loadModel(slim, { weightFiles: { [location]: Buffer.concat(data) } }))).toEqual(expected);
    const { code, message } = await failure(loadModel(slim));
    expect(code).toBe("EXTERNAL_DATA_MISSING");
    expect(message).toContain('"weights.bin"');
  });

  it("a web address with weights beside it", async () => {
    const { bytes: slim, data } = writeModelWithExternalData(perceptron(), { location: "weights/all.bin", externalThreshold: 0 });
    const files = new Map<string | undefined, Uint8Array>([
      ["/models/slim.onnx", slim],
      ["/models/weights/all.bin", Buffer.concat(data)],
      ["/slim.onnx", slim],
    ]);
    const server = createServer(({ url }, response) => response.writeHead(files.has(url) ? 200 : 404).end(files.get(url)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await explained(await loadModel(`${host}/models/slim.onnx`))).toEqual(expected);
    expect(await explained(await loadModel(await fetch(`${host}/models/slim.onnx`)))).toEqual(expected);
    const { code, message } = await failure(loadModel(`${host}/slim.onnx`));
    expect(code).toBe("EXTERNAL_DATA_MISSING");
    expect(message).toContain(`${host}/weights/all.bin`);
    await new Promise((resolve) => server.close(resolve));
  });

  it("a path whose weights are missing is refused", async () => {
    await writeFile(join(folder, "lonely.onnx"), writeModelWithExternalData(perceptron(), { location: "lost.bin", externalThreshold: 0 }).bytes);
    const { code, message } = await failure(loadModel(join(folder, "lonely.onnx")));
    expect(code).toBe("EXTERNAL_DATA_MISSING");
    expect(message).toContain('"lost.bin"');
  });
});

describe("engines", () => {
  it("onnxruntime-web gives the numbers of onnxruntime-node", async () => {
    const images = randomTensor(6, [2, 3, 6, 6]);
    const [node, web] = await Promise.all(
      (["onnxruntime-node", "onnxruntime-web"] as const).map(async (engine) => {
        const model = await loadModel(writeModel(smallCnn()), { engine });
        const { values } = await new Backprop(model, { guided: true }).explain(images, { target: [0, 2] });
        expect(model.engine).toMatch(new RegExp(`^${engine} 1\\.\\d+\\.\\d+.* \\(cpu\\)$`));
        await model.dispose();
        return values;
      }),
    );
    const scale = Math.max(...node!.data.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    expect(Math.max(...node!.data.map((value, i) => Math.abs(value - web!.data[i]!)))).toBeLessThan(1e-5 * scale);
  });

  it("an imported engine is used as it is, with the session options passed on", async () => {
    const seen: (ort.InferenceSession.SessionOptions | undefined)[] = [];
    const spy: typeof ort = {
      ...ort,
      InferenceSession: class {
        static create(model: Uint8Array, options?: ort.InferenceSession.SessionOptions): Promise<ort.InferenceSession> {
          seen.push(options);
          return ort.InferenceSession.create(model, options);
        }
      } as unknown as typeof ort.InferenceSession,
    };
    const model = await loadModel(bytes, { engine: spy, intraOpNumThreads: 1, executionProviders: ["cpu"], logSeverityLevel: 3, preferredBatch: 9 });
    expect(model.capabilities.preferredBatch).toBe(9);
    expect(await explained(model)).toEqual(expected);
    expect(seen).toEqual([expect.objectContaining({ intraOpNumThreads: 1, executionProviders: ["cpu"], logSeverityLevel: 3 })]);
    expect(Object.keys(seen[0]!)).not.toContain("preferredBatch");
  });
});

describe("a loaded model", () => {
  it("says what it is", async () => {
    const model = await loadModel(writeModel(smallCnn()));
    expect(model).toMatchObject({ backend: "onnxruntime", contractVersion: 1 });
    expect(model.inputs).toEqual([{ name: "image", type: "float32", dims: [null, 3, 6, 6], layout: "NCHW" }]);
    expect(model.outputs).toEqual([{ name: "probabilities", activation: "softmax", type: "float32", dims: [null, 4], layout: null }]);
    expect(model.capabilities).toMatchObject({
      rules: ["standard", "guided", "deconvnet", "deeplift", "lrp", "lrp-epsilon", "attn-lrp", "cp-lrp"],
      innerValues: true,
      logits: true,
      gpu: false,
      maxBatch: null,
    });
    await model.dispose();
  });

  it("has the channels of a convolution where the file leaves all sizes open, as files of Hugging Face do", async () => {
    const { graph, ...rest } = smallCnn();
    const bytes = writeModel({ ...rest, graph: { ...graph!, input: [valueInfoProto("image", "float32", ["batch", "channels", "height", "width"])] } });
    const model = await loadModel(bytes);
    expect(model.inputs).toEqual([{ name: "image", type: "float32", dims: [null, 3, null, null], layout: "NCHW" }]);
    await model.dispose();
  });

  it("takes other sizes than the file fixes where they are given: the gradient is that of a file with these", async () => {
    const { graph, ...rest } = smallCnn();
    const large = writeModel({ ...rest, graph: { ...graph!, input: [valueInfoProto("image", "float32", ["N", 3, 9, 9])] } });
    const feeds = { image: randomTensor(3, [2, 3, 9, 9]) };
    const gradients = async (model: Model): Promise<unknown> => {
      const result = await model.vjp({ feeds, target: 1 });
      await model.dispose();
      return result.gradients;
    };
    const given = await loadModel(writeModel(smallCnn()), { inputDims: { image: ["N", 3, 9, 9] } });
    expect(await gradients(given)).toEqual(await gradients(await loadModel(large)));
  });

  it("takes the layout that is given", async () => {
    const model = await loadModel(writeModel(smallCnn()), { layout: { image: "NHWC" } });
    expect(model.inputs[0]!.layout).toBe("NHWC");
    await model.dispose();
  });
});
