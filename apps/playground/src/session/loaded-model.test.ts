import { setBackend } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { type LayersModel, input, layers, model } from "@tensorflow/tfjs-layers";
import { loadModel } from "@xdeep/tfjs";
import { expect, it } from "vitest";

import type { PageWorker } from "../engine/open-worker.ts";
import { loadModelFiles } from "./loaded-model.ts";

/** A model of Keras whose input is of one type: numbers of words, or numbers. */
function network(dtype: "int32" | "float32"): LayersModel {
  const x = input({ shape: [4], dtype });
  const hidden = dtype === "int32" ? layers.flatten().apply(layers.embedding({ inputDim: 6, outputDim: 3, name: "words" }).apply(x)) : x;
  return model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(hidden as never) as never });
}

it("refuses files that no browser can read, by their size", async () => {
  const file = (size: number): Blob => ({ size }) as Blob;
  const open = (weights: Readonly<Record<string, Blob>>): Promise<unknown> => {
    const files = { kind: "onnx", main: "net.onnx", files: { "net.onnx": file(9), ...weights }, device: "wasm", shuffled: 0 } as const;
    return loadModelFiles({} as PageWorker, { files, title: "net", builtIn: null }, new AbortController().signal);
  };
  await expect(open({ "net.data": file(2.95e9) })).rejects.toMatchObject({
    code: "MODEL_UNSUPPORTED",
    message: expect.stringContaining('"net.data" has 3.0 GB'),
  });
  await expect(open({ a: file(2e9), b: file(2e9), c: file(1e9) })).rejects.toThrow("The model has 5.0 GB");
});

it("explains what the model says that it makes of integers, also in TensorFlow.js, and the input where it is of floats", async () => {
  await setBackend("wasm");
  const open = async (dtype: "int32" | "float32"): Promise<readonly string[] | undefined> => {
    const worker = { load: async () => loadModel(network(dtype), { engine: "wasm" }) } as unknown as PageWorker;
    const files = { kind: "tfjs", main: "model.json", files: {}, device: "wasm", shuffled: 0 } as const;
    const opened = await loadModelFiles(worker, { files, title: "words", builtIn: null }, new AbortController().signal);
    await opened.model.dispose();
    return opened.wrt;
  };
  expect(await open("int32")).toEqual(["words"]);
  expect(await open("float32")).toBeUndefined();
});
