import { XDeepError } from "@xdeep/core";
import { engine, getBackend, setBackend, version_core } from "@tensorflow/tfjs-core";

import { ENGINE_PACKAGES, type EngineName } from "./engine-packages.ts";
import { importPackage } from "./import-package.ts";
import type { LoadOptions } from "../options.ts";
import { softwareWebGl, softwareWebGpu } from "./software-device.ts";

/** An initialised backend of TensorFlow.js. */
export interface ChosenEngine {
  /** Its name in TensorFlow.js. */
  readonly backendName: string;
  /** For `Model.engine`: library, version and device. */
  readonly description: string;
  readonly gpu: boolean;
  /** What emulates a GPU on the CPU; null where nothing does. */
  readonly software: string | null;
}

type EngineOptions = Pick<LoadOptions, "engine" | "useGpu" | "allowSoftwareGpu">;

/** What backends tell about their device. Two packages register under the name "tensorflow". */
interface NativeBackend {
  readonly isGPUPackage?: boolean;
  readonly isUsingGpuDevice?: boolean;
  readonly gpgpu?: { readonly gl: NonNullable<Parameters<typeof softwareWebGl>[0]> };
}

/**
 * Makes sure that an engine runs: the one named, one with a GPU, or the one that is set already.
 * It is the current backend of TensorFlow.js when this resolves.
 *
 * @throws {XDeepError} ENGINE_MISSING, ENGINE_FAILED, OPTION_INVALID; GPU_UNAVAILABLE with the reason when `useGpu` cannot be met
 */
export async function chooseEngine({ engine: name, useGpu = false, allowSoftwareGpu = false }: EngineOptions): Promise<ChosenEngine> {
  if (useGpu) return gpuEngine(name, allowSoftwareGpu);
  return name === undefined ? currentEngine() : namedEngine(name);
}

async function currentEngine(): Promise<ChosenEngine> {
  if (engine().backendNames().length === 0) {
    throw new XDeepError(
      "ENGINE_MISSING",
      'No TensorFlow.js engine is registered. Name one, as in loadModel(source, { engine: "wasm" }), or import its package first.',
      {
        details: { engines: Object.keys(ENGINE_PACKAGES) },
      },
    );
  }
  await engine().ready();
  return describe(getBackend());
}

async function namedEngine(name: EngineName): Promise<ChosenEngine> {
  const known = ENGINE_PACKAGES[name.replace(/^@tensorflow\/(tfjs-backend-)?/, "")];
  const backend = known?.backend ?? name;
  if (known !== undefined && !isRegistered(known.packageName, backend)) await importPackage(known.packageName);
  if (engine().findBackendFactory(backend) === null) {
    throw new XDeepError(
      "OPTION_INVALID",
      `There is no engine "${name}". Known are ${Object.keys(ENGINE_PACKAGES).join(", ")}, and every backend registered with TensorFlow.js.`,
      {
        details: { option: "engine", got: name, registered: engine().backendNames() },
      },
    );
  }
  await start(backend);
  return describe(backend);
}

function isRegistered(packageName: string, backend: string): boolean {
  if (engine().findBackendFactory(backend) === null) return false;
  if (backend !== "tensorflow") return true;
  const isGpuPackage = (engine().findBackend(backend) as NativeBackend | null)?.isGPUPackage ?? false;
  return isGpuPackage === packageName.endsWith("-gpu");
}

/** TensorFlow.js answers false and goes on with another backend when one does not start; here that is an error. */
async function start(backend: string): Promise<void> {
  let cause: unknown;
  const isStarted = await setBackend(backend).catch((error: unknown) => {
    cause = error;
    return false;
  });
  if (isStarted && getBackend() === backend) return;
  const reason = cause instanceof Error ? `: ${cause.message}` : "; TensorFlow.js wrote the reason to the console";
  throw new XDeepError("ENGINE_FAILED", `The TensorFlow.js backend "${backend}" did not start${reason}.`, { details: { backend }, cause });
}

async function gpuEngine(name: EngineName | undefined, allowSoftware: boolean): Promise<ChosenEngine> {
  const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  const candidates = name !== undefined ? [name] : isNode ? ["tfjs-node-gpu"] : ["webgpu", "webgl"];
  const reasons: string[] = [];
  let cause: unknown;
  for (const candidate of candidates) {
    try {
      const chosen = await namedEngine(candidate);
      if (chosen.gpu || (allowSoftware && chosen.software !== null)) return chosen;
      const why =
        candidate === "tfjs-node-gpu"
          ? ": TensorFlow found no CUDA device"
          : chosen.software === null
            ? ""
            : `: ${chosen.software} emulates a GPU (allowSoftwareGpu takes it)`;
      reasons.push(`"${candidate}" runs on the CPU${why}.`);
    } catch (error) {
      cause = error;
      reasons.push(`"${candidate}": ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new XDeepError("GPU_UNAVAILABLE", `No GPU can be used. ${reasons.join(" ")} Leave useGpu out to run on the CPU.`, {
    details: { engines: candidates, reasons },
    cause,
  });
}

async function describe(backendName: string): Promise<ChosenEngine> {
  const backend = engine().findBackend(backendName) as NativeBackend | null;
  const isGraphics = backendName === "webgpu" || backendName === "webgl";
  const software = isGraphics ? await softwareOf(backendName, backend) : null;
  const gpu = isGraphics ? software === null : backend?.isUsingGpuDevice === true;
  const where = software !== null ? `, on the CPU: ${software}` : backendName === "tensorflow" ? `, on the ${gpu ? "GPU" : "CPU"}` : "";
  return { backendName, description: `tfjs-core ${version_core} (${backendName}${where})`, gpu, software };
}

function softwareOf(backendName: "webgpu" | "webgl", backend: NativeBackend | null): Promise<string | null> | string | null {
  if (backendName === "webgl") return softwareWebGl(backend?.gpgpu?.gl);
  return softwareWebGpu((globalThis as { navigator?: { gpu?: Parameters<typeof softwareWebGpu>[0] } }).navigator?.gpu);
}
