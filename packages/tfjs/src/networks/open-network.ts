import { XDeepError } from "@xdeep/core";
import { isByteSource } from "@xdeep/core/backend";
import { io } from "@tensorflow/tfjs-core";

import { type FunctionSignature, type TfjsFunction, functionNetwork } from "./function-network.ts";
import { graphNetwork, isGraphModel } from "./graph/graph-network.ts";
import { importPackage } from "../engine/import-package.ts";
import { isLayersModel, layersNetwork } from "./layers/layers-network.ts";
import type { LoadOptions, LoadingLibrary } from "../options.ts";
import type { Network } from "./network.ts";
import { type ModelFile, type ReadModelOptions, readModel } from "./read-model.ts";

/**
 * What `loadModel` takes: a path or URL of a model.json, its bytes as an array, Blob, File, Response or stream, a LayersModel, a GraphModel, or a function
 * of tensors.
 */
export type ModelSource = string | URL | TfjsFunction | object;

type PartialSignature = { readonly [K in keyof FunctionSignature]?: FunctionSignature[K] | undefined };

/**
 * Turns a source into a network.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND, MODEL_INVALID, MODEL_UNSUPPORTED, EXTERNAL_DATA_MISSING, ENGINE_MISSING, OPTION_INVALID
 */
export async function openNetwork(source: ModelSource, options: PartialSignature & ReadModelOptions & Pick<LoadOptions, "library">): Promise<Network> {
  if (typeof source === "string" || source instanceof URL || isByteSource(source)) return openFile(await readModel(source, options), options.library);
  if (isLayersModel(source)) return layersNetwork(source, { owned: false });
  if (isGraphModel(source)) return graphNetwork(source, { owned: false });
  if (typeof source === "function") return functionNetwork(source as TfjsFunction, checkSignature(options));
  throw new TypeError("loadModel takes a path or URL of a model.json, its bytes, a LayersModel, a GraphModel, or a function of tensors.");
}

function checkSignature({ inputs, outputs }: PartialSignature): FunctionSignature {
  if (inputs !== undefined && outputs !== undefined && inputs.length > 0 && outputs.length > 0) return { inputs, outputs };
  throw new XDeepError(
    "OPTION_INVALID",
    'A function needs its inputs and outputs declared: { inputs: [{ name: "x", dims: [null, 4] }], outputs: [{ name: "y", dims: [null, 3] }] }.',
    {
      details: { option: inputs === undefined || inputs.length === 0 ? "inputs" : "outputs" },
    },
  );
}

async function openFile({ format, artifacts }: ModelFile, given: LoadingLibrary | undefined): Promise<Network> {
  const handler = io.fromMemory(artifacts);
  const packageName = format === "layers-model" ? "@tensorflow/tfjs-layers" : "@tensorflow/tfjs-converter";
  const library = given ?? (await importPackage<LoadingLibrary>(packageName));
  const load = format === "layers-model" ? library.loadLayersModel : library.loadGraphModel;
  if (typeof load !== "function") {
    throw new XDeepError("OPTION_INVALID", `The model is a ${format}, which the library that was passed does not load. Pass ${packageName}.`, {
      details: { option: "library", format },
    });
  }
  let loaded: { dispose(): unknown } | undefined;
  try {
    const model = await load(handler);
    loaded = model;
    return await (isLayersModel(model) ? layersNetwork(model, { owned: true }) : graphNetwork(model, { owned: true }));
  } catch (cause) {
    loaded?.dispose();
    if (cause instanceof XDeepError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new XDeepError("MODEL_INVALID", `${packageName} could not load the model: ${reason}`, { details: { format }, cause });
  }
}
