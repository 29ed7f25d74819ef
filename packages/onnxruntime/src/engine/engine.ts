import { XDeepError } from "@xdeep/core";
import type * as OrtCommon from "onnxruntime-common";

/** The part of onnxruntime-node and onnxruntime-web that xdeep uses; the two are alike. */
export type OnnxRuntime = Pick<typeof OrtCommon, "InferenceSession" | "Tensor" | "env">;

export type EngineName = "onnxruntime-node" | "onnxruntime-web";

/** An imported ONNX Runtime. */
export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  readonly ort: OnnxRuntime;
}

/**
 * Imports the engine: onnxruntime-node in Node, onnxruntime-web elsewhere, unless one is asked for or handed over. Bundlers do not see the import: on a
 * page the engine is handed over, or found by an import map.
 *
 * @throws {XDeepError} ENGINE_MISSING when the package is not installed or does not start; OPTION_INVALID for another name, or an object that
 * is no ONNX Runtime.
 */
export async function loadEngine(
  engine: EngineName | OnnxRuntime | undefined,
  importEngine: (name: EngineName) => Promise<unknown> = importByName,
): Promise<Engine> {
  if (typeof engine === "object") return describeGiven(engine);
  const name = engine ?? (isNode() ? "onnxruntime-node" : "onnxruntime-web");
  if (name !== "onnxruntime-node" && name !== "onnxruntime-web") {
    throw new XDeepError("OPTION_INVALID", `Unknown engine "${String(name)}". Pass "onnxruntime-node" or "onnxruntime-web".`, { details: { engine: name } });
  }
  try {
    return describeEngine(name, runtimeOf(await importEngine(name)));
  } catch (cause) {
    const handOver = `pass it: import * as ort from "${name}"; loadModel(source, { engine: ort })`;
    const advice = isNode()
      ? `Install it beside @xdeep/onnxruntime: npm install ${name}. In a bundle for a server, keep @xdeep/onnxruntime out of the bundle, or ${handOver}`
      : `Import it in your own code and ${handOver}`;
    throw new XDeepError("ENGINE_MISSING", `The engine ${name} could not be loaded. ${advice}`, { details: { engine: name }, cause });
  }
}

/** By a name that bundlers do not see: they would have to find both engines. */
function importByName(name: EngineName): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ name);
}

function describeGiven(engine: OnnxRuntime): Engine {
  const ort = runtimeOf(engine) as OnnxRuntime | undefined;
  if (typeof ort?.InferenceSession?.create !== "function") {
    throw new XDeepError(
      "OPTION_INVALID",
      "The engine that was passed is no ONNX Runtime: it has no InferenceSession. Pass the imported module of onnxruntime-node or onnxruntime-web.",
    );
  }
  return describeEngine(ort.env.versions.node === undefined ? "onnxruntime-web" : "onnxruntime-node", ort);
}

/** CommonJS builds put their exports under `default` when imported. */
function runtimeOf(imported: unknown): OnnxRuntime {
  const module = imported as OnnxRuntime & { readonly default?: OnnxRuntime };
  return typeof module.InferenceSession === "function" ? module : (module.default as OnnxRuntime);
}

function describeEngine(name: EngineName, ort: OnnxRuntime): Engine {
  const { node, web, common } = ort.env.versions;
  return { name, version: (name === "onnxruntime-node" ? node : web) ?? common ?? "unknown", ort };
}

function isNode(): boolean {
  return typeof process === "object" && process.versions?.node !== undefined;
}
