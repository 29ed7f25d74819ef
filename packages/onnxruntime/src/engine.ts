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
 * Imports the engine: onnxruntime-node in Node, onnxruntime-web elsewhere, unless one is asked for or handed over.
 *
 * @throws {XDeepError} ENGINE_MISSING when the package is not installed or does not start; OPTION_INVALID for another name.
 */
export async function loadEngine(engine: EngineName | OnnxRuntime | undefined): Promise<Engine> {
  if (typeof engine === "object") return describeEngine(engine.env.versions.node === undefined ? "onnxruntime-web" : "onnxruntime-node", engine);
  const name = engine ?? (isNode() ? "onnxruntime-node" : "onnxruntime-web");
  if (name !== "onnxruntime-node" && name !== "onnxruntime-web") {
    throw new XDeepError("OPTION_INVALID", `Unknown engine "${String(name)}". Pass "onnxruntime-node" or "onnxruntime-web".`, { details: { engine: name } });
  }
  try {
    const imported: unknown = name === "onnxruntime-node" ? await import("onnxruntime-node") : await import("onnxruntime-web");
    return describeEngine(name, runtimeOf(imported));
  } catch (cause) {
    throw new XDeepError("ENGINE_MISSING", `The engine ${name} could not be loaded. Install it beside @xdeep/onnxruntime: npm install ${name}`, { details: { engine: name }, cause });
  }
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
