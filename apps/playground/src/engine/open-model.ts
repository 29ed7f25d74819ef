import type { Model } from "@xdeep/core";
import type { LoadModel } from "@xdeep/metrics";

/** Where a model runs; "emulated" is a GPU that software emulates on the CPU. */
export type Device = "wasm" | "webgpu" | "emulated";

/** Sizes of inputs by name; a name or null stands for any. */
export type InputDims = Readonly<Record<string, readonly (number | string | null)[]>>;

/** A model as files, and how it is to be loaded. Plain data: it is cloned into the worker. */
export interface ModelFiles {
  readonly kind: "onnx" | "tfjs";
  /** Name of the file that is the model; the others hold its weights. */
  readonly main: string;
  readonly files: Readonly<Record<string, Blob>>;
  readonly device: Device;
  /** Sizes of inputs that the file leaves open, where visitors gave them. */
  readonly inputDims?: InputDims | undefined;
  /** Which share of the weight tensors is shuffled, from the output on; 0 for the model as it is. */
  readonly shuffled: number;
}

/** Loads a model in the worker. The engine is imported with the first one. */
export async function openModel(model: ModelFiles): Promise<Model> {
  return model.kind === "onnx" ? openOnnx(model) : openTfjs(model);
}

async function openOnnx({ main, files, device, inputDims, shuffled }: ModelFiles): Promise<Model> {
  const [{ loadModel }, ort] = await Promise.all([import("@xdeep/onnxruntime"), device === "wasm" ? wasmBuild() : webgpuBuild()]);
  const weightFiles = Object.fromEntries(
    await Promise.all(
      Object.entries(files)
        .filter(([name]) => name !== main)
        .map(async ([name, file]) => [name, await bytes(file)] as const),
    ),
  );
  const options = { engine: ort, weightFiles, inputDims, useGpu: device !== "wasm", allowSoftwareGpu: device === "emulated" };
  const source = await bytes(files[main]!);
  return shuffled === 0 ? loadModel(source, options) : shuffle(shuffled, (weights) => loadModel(source, { ...options, weights }));
}

/** Threads need memory that they share, which browsers give to pages that are isolated from others. */
async function wasmBuild(): Promise<typeof import("onnxruntime-web/wasm")> {
  const [ort, wasm, mjs] = await Promise.all([
    import("onnxruntime-web/wasm"),
    import("onnxruntime-web/ort-wasm-simd-threaded.wasm?url"),
    import("onnxruntime-web/ort-wasm-simd-threaded.mjs?url"),
  ]);
  ort.env.wasm.numThreads = threads();
  ort.env.wasm.wasmPaths = { wasm: absolute(wasm.default), mjs: absolute(mjs.default) };
  return ort;
}

async function webgpuBuild(): Promise<typeof import("onnxruntime-web/webgpu")> {
  const [ort, wasm, mjs] = await Promise.all([
    import("onnxruntime-web/webgpu"),
    import("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url"),
    import("onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url"),
  ]);
  ort.env.wasm.numThreads = threads();
  ort.env.wasm.wasmPaths = { wasm: absolute(wasm.default), mjs: absolute(mjs.default) };
  return ort;
}

/** How many threads ONNX Runtime has here. */
export function threads(): number {
  return globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
}

function absolute(url: string): string {
  return new URL(url, location.href).href;
}

async function openTfjs({ main, files, shuffled }: ModelFiles): Promise<Model> {
  const [{ loadModel }, core, wasm, simd, plain] = await Promise.all([
    import("@xdeep/tfjs"),
    import("@tensorflow/tfjs-core"),
    import("@tensorflow/tfjs-backend-wasm"),
    import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url"),
    import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url"),
  ]);
  // Its threads start from the source text of a function, which no longer stands alone in a bundle: they fail, and the start never ends.
  core.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  wasm.setWasmPaths({
    "tfjs-backend-wasm.wasm": absolute(plain.default),
    "tfjs-backend-wasm-simd.wasm": absolute(simd.default),
    // It asks for a path of each, and does not fetch this one.
    "tfjs-backend-wasm-threaded-simd.wasm": absolute(simd.default),
  });
  await core.setBackend("wasm");
  const text = await files[main]!.text();
  const library =
    // What is no JSON is said by the one that reads the model.
    /"format":\s*"graph-model"/.test(text) ? await import("@tensorflow/tfjs-converter") : await import("@tensorflow/tfjs-layers");
  const weightFiles = Object.fromEntries(Object.entries(files).filter(([name]) => name !== main));
  const options = { engine: "wasm", library, weightFiles } as const;
  const source = files[main]!;
  return shuffled === 0 ? loadModel(source, options) : shuffle(shuffled, (weights) => loadModel(source, { ...options, weights }));
}

async function shuffle(share: number, load: LoadModel): Promise<Model> {
  const { randomize } = await import("@xdeep/metrics");
  return randomize(load, { share });
}

async function bytes(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
