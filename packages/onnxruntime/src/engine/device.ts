import { XDeepError } from "@xdeep/core";
import { type AdapterLike, adapterName, isSoftwareAdapter } from "@xdeep/core/backend";
import { nodeProto, valueInfoProto, modelProto, writeModel } from "@xdeep/onnx";
import type { InferenceSession } from "onnxruntime-common";
import type { Engine } from "./engine.ts";
import { inTurn } from "./in-turn.ts";
import { hasGpuDevice } from "./gpu-devices.ts";
import type { LoadModelOptions } from "../options.ts";
import { messageOf } from "./sessions.ts";

/** Where sessions run. */
export interface Device {
  /** "cpu", "cuda", "webgpu", or the execution providers that the caller named. */
  readonly name: string;
  /** The name, and what emulates it where that is the CPU. */
  readonly label: string;
  readonly gpu: boolean;
  readonly sessionOptions: InferenceSession.SessionOptions;
}

const GPU_PROVIDERS: readonly string[] = ["cuda", "tensorrt", "webgpu", "webgl", "webnn", "dml", "coreml", "rocm"];

/** The device that the caller's options mean: the CPU unless execution providers are named. */
export function cpuDevice({ executionProviders }: LoadModelOptions): Device {
  const names = (executionProviders ?? ["cpu"]).map((provider) => (typeof provider === "string" ? provider : provider.name));
  const name = names.join(", ");
  return { name, label: name, gpu: GPU_PROVIDERS.includes(names[0] ?? "cpu"), sessionOptions: {} };
}

/**
 * The first GPU provider that runs a small model right: CUDA (in Node), then WebGPU. One that is emulated on the CPU is slower than the CPU itself, and
 * was not asked for unless the caller says so.
 *
 * @throws {XDeepError} GPU_UNAVAILABLE with the reason of each, and in `details.emulated` the name of one that is emulated, or null.
 */
export async function gpuDevice(engine: Engine, allowSoftware: boolean): Promise<Device> {
  const reasons: Record<string, string> = {};
  let emulated: string | null = null;
  for (const name of engine.name === "onnxruntime-node" ? ["cuda", "webgpu"] : ["webgpu"]) {
    try {
      const software = await provided(engine, name);
      emulated ??= software;
      if (software !== null && !allowSoftware) throw new Error(`${software} emulates a GPU on the CPU (allowSoftwareGpu takes it)`);
      const label = software === null ? name : `${name}, on the CPU: ${software}`;
      return { name, label, gpu: software === null, sessionOptions: { executionProviders: [name] } };
    } catch (cause) {
      reasons[name] = reasonIn(messageOf(cause));
    }
  }
  const listed = Object.entries(reasons)
    .map(([name, reason]) => `${name}: ${reason}`)
    .join("; ");
  throw new XDeepError("GPU_UNAVAILABLE", `No GPU can be used by ${engine.name} ${engine.version}. ${listed}. Leave out useGpu to run on the CPU.`, {
    details: { reasons, emulated },
  });
}

/** What each engine's providers turned out to be: finding out takes a session. Those that failed are tried again. */
const known = new WeakMap<object, Map<string, Promise<string | null>>>();

/** Tries a provider. Gives what emulates it on the CPU; null for a GPU. */
function provided(engine: Engine, provider: string): Promise<string | null> {
  const ofEngine = known.get(engine.ort) ?? new Map<string, Promise<string | null>>();
  known.set(engine.ort, ofEngine);
  const found = ofEngine.get(provider) ?? inTurn(engine, () => probe(engine, provider)).then(() => (provider === "webgpu" ? softwareOf(engine) : null));
  ofEngine.set(provider, found);
  found.catch(() => ofEngine.delete(provider));
  return found;
}

/** What emulates the GPU that WebGPU has here; null for a real one. */
async function softwareOf(engine: Engine): Promise<string | null> {
  if (engine.name === "onnxruntime-node") return (await hasGpuDevice()) ? null : "software";
  const { gpu } = (globalThis as { readonly navigator?: { readonly gpu?: { requestAdapter(): Promise<AdapterLike | null> } } }).navigator ?? {};
  const adapter = await gpu?.requestAdapter();
  return adapter != null && isSoftwareAdapter(adapter) ? adapterName(adapter) || "software" : null;
}

/** The first line of the engine's message, without the place in its sources and the full stop. */
function reasonIn(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/^\S+\.(cc|h):\d+ .* was (false|true)\. /, "").replace(/\.+$/, "");
}

/** Runs max(x, 0) on [−1, 2] with nothing to fall back on. */
async function probe(engine: Engine, provider: string): Promise<void> {
  const { env } = engine.ort;
  const { logLevel = "warning" } = env;
  // Providers that are missing are reported in the error, not on the console: the engine reads this level when it starts.
  env.logLevel = "fatal";
  const model = modelProto({
    nodes: [nodeProto("Relu", ["x"], ["y"])],
    inputs: [valueInfoProto("x", "float32", [2])],
    outputs: [valueInfoProto("y", "float32", [2])],
  });
  const options = { executionProviders: [provider], extra: { session: { disable_cpu_ep_fallback: "1" } }, logSeverityLevel: 4 } as const;
  const session = await engine.ort.InferenceSession.create(writeModel(model), options).finally(() => {
    env.logLevel = logLevel;
  });
  try {
    const { y } = await session.run({ x: new engine.ort.Tensor("float32", Float32Array.of(-1, 2), [2]) });
    const values = await y!.getData();
    if (values[0] !== 0 || values[1] !== 2) throw new Error("it computes wrong numbers");
  } finally {
    await session.release();
  }
}
