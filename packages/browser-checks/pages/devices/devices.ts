import { type FloatTensor, float32, isXDeepError } from "@xdeep/core";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { type LoadModelOptions, type ModelSource, loadModel } from "@xdeep/onnxruntime";
import * as wasm from "onnxruntime-web/wasm";
import * as webgpu from "onnxruntime-web/webgpu";

for (const ort of [wasm, webgpu]) {
  ort.env.wasm.wasmPaths = new URL("engine/", document.baseURI).href;
  ort.env.wasm.numThreads = 1;
}

/** Seeded numbers in −1 … 1. */
function numbers(dims: readonly number[]): FloatTensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return float32(
    dims,
    Float32Array.from({ length: size }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 0) / 2 ** 31 - 1),
  );
}

/** A GPUDevice, and a call that it does not allow. */
interface FaultyDevice {
  createBuffer(descriptor: { readonly size: number; readonly usage: 0 }): unknown;
}

interface Gradient {
  readonly engine: string;
  readonly data: readonly number[];
  readonly scores: readonly number[];
}

async function gradient(
  source: ModelSource,
  feeds: Readonly<Record<string, FloatTensor>>,
  options: LoadModelOptions,
): Promise<Gradient | { readonly code: string; readonly message: string; readonly details: object }> {
  try {
    const model = await loadModel(source, options);
    const { gradients, scores } = await model.vjp({ feeds, target: 3 });
    await model.dispose();
    return { engine: model.engine, data: Object.values(gradients).flatMap(({ data }) => [...data]), scores: [...scores] };
  } catch (error) {
    if (!isXDeepError(error)) throw error;
    return { code: error.code, message: error.message, details: error.details };
  }
}

async function onBoth(source: Uint8Array, feeds: Readonly<Record<string, FloatTensor>>): Promise<object> {
  return {
    wasm: await gradient(source, feeds, { engine: wasm }),
    webgpu: await gradient(source, feeds, { engine: webgpu, useGpu: true, allowSoftwareGpu: true }),
  };
}

/** y is a join of more inputs than a shader may have buffers, each a multiple of x. */
function wideJoin(): Uint8Array {
  const count = 12;
  const names = Array.from({ length: count }, (_, i) => `part${i}`);
  const parts = names.map((name, i) => nodeProto(i % 2 === 0 ? "Sigmoid" : "Tanh", [i < 2 ? "x" : names[i - 2]!], [name]));
  return writeModel(
    modelProto({
      inputs: [valueInfoProto("x", "float32", ["N", 2])],
      outputs: [valueInfoProto("y", "float32", ["N", 2 * count])],
      nodes: [...parts, nodeProto("Concat", names, ["joined"], { axis: 1 }), nodeProto("Mul", ["joined", "joined"], ["y"])],
    }),
  );
}

function sixChannels(): Uint8Array {
  return writeModel(
    modelProto({
      inputs: [valueInfoProto("x", "float32", ["N", 6, 5])],
      outputs: [valueInfoProto("y", "float32", ["N", 8])],
      initializers: [
        tensorProto("w", { type: "float32", dims: [8, 6, 3], data: numbers([8, 6, 3]).data as Float32Array }),
        tensorProto("axis", { type: "int64", dims: [1], data: BigInt64Array.of(2n) }),
      ],
      nodes: [
        nodeProto("Conv", ["x", "w"], ["h"]),
        nodeProto("Mul", ["h", "h"], ["squares"]),
        nodeProto("ReduceSum", ["squares", "axis"], ["y"], { keepdims: 0 }),
      ],
    }),
  );
}

const scenes: Readonly<Record<string, () => Promise<unknown>>> = {
  squeezenet: async () =>
    onBoth(new Uint8Array(await (await fetch("squeezenet.onnx")).arrayBuffer()), { [await inputOf("squeezenet.onnx")]: numbers([1, 3, 224, 224]) }),
  wideJoin: () => onBoth(wideJoin(), { x: numbers([2, 2]) }),
  sixChannels: () => onBoth(sixChannels(), { x: numbers([2, 6, 5]) }),
  async deviceError() {
    const model = await loadModel(wideJoin(), { engine: webgpu, useGpu: true, allowSoftwareGpu: true });
    const ask = () => model.vjp({ feeds: { x: numbers([2, 2]) }, target: 3 });
    await ask();
    const device = (await (webgpu.env.webgpu as { readonly device: Promise<FaultyDevice> }).device) as FaultyDevice;
    const failed = ask().then(
      () => "answered",
      (error: unknown) => (isXDeepError(error) ? `${error.code}: ${error.message}` : String(error)),
    );
    // The listener is there since the first call: this is an error while the second runs.
    device.createBuffer({ size: 4, usage: 0 });
    const outcome = await failed;
    const later = await ask();
    return { outcome, later: later.scores.length };
  },
  refused: () => gradient(wideJoin(), { x: numbers([1, 2]) }, { engine: webgpu, useGpu: true }),
};

async function inputOf(url: string): Promise<string> {
  const model = await loadModel(url, { engine: wasm });
  await model.dispose();
  return model.inputs[0]!.name;
}

Object.assign(globalThis, { play: (name: string) => scenes[name]!() });
