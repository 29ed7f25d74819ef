import { XDeepError } from "@xdeep/core";

import { flagName } from "../cli-words.ts";
import { packagedBackend } from "./backend-package.ts";
import type { LoadFlags, LoadRequest, LoadedModel, ModelLoader } from "./model-loader.ts";
import { onnxLoader } from "./onnx-loader.ts";
import { tfjsLoader } from "./tfjs-loader.ts";
import { withBatch } from "./with-batch.ts";

const LOADERS: readonly ModelLoader[] = [tfjsLoader, onnxLoader];

/** Engines of every kind of model. */
export const ENGINES: readonly string[] = LOADERS.flatMap(({ engines }) => engines);

/** Backends that come with xdeep. */
export const BACKENDS: readonly string[] = LOADERS.map(({ name }) => name).toSorted();

/** Which options not every loader takes. */
const LOAD_FLAGS = ["engine", "gpu", "threads", "inputDims", "shared", "limit", "cache", "backendOption"] as const satisfies readonly (keyof LoadFlags)[];

/**
 * Loads a model file with the backend that its kind needs, or that was named.
 *
 * @throws {XDeepError} as `loadModel` of the backend; CAPABILITY_MISSING for weights that it cannot replace; MODEL_NOT_FOUND for a URL; OPTION_INVALID for an option or an engine of another backend
 */
export async function loadAnyModel(path: string, flags: LoadRequest): Promise<LoadedModel> {
  if (/^[a-z]+:\/\//i.test(path)) throw new XDeepError("MODEL_NOT_FOUND", `"${path}" is a URL. Download the model and pass its path.`, { details: { path } });
  const loader = await loaderFor(path, flags.backend);
  checkFlags(loader, flags);
  const { engine = flags.gpu ? undefined : loader.engines[0] } = flags;
  const loaded = await loader.load(path, { ...flags, engine });
  return flags.batch === undefined ? loaded : { ...loaded, model: withBatch(loaded.model, flags.batch) };
}

async function loaderFor(path: string, backend: string | undefined): Promise<ModelLoader> {
  if (backend !== undefined) return LOADERS.find(({ name }) => name === backend) ?? (await packagedBackend(backend, BACKENDS));
  return LOADERS.find(({ accepts }) => accepts(path)) ?? onnxLoader;
}

/** Whether the backend of a model takes an option. */
export async function takesFlag(path: string, { backend }: LoadFlags, flag: keyof LoadFlags): Promise<boolean> {
  return (await loaderFor(path, backend)).takes.includes(flag);
}

function checkFlags({ name, kind, engines, takes }: ModelLoader, flags: LoadRequest): void {
  const { engine } = flags;
  if (flags.weights !== undefined && !takes.includes("weights")) {
    throw new XDeepError(
      "CAPABILITY_MISSING",
      `Backend ${name} cannot load a model with other weights, which --metric mprt, smooth-mprt and efficient-mprt need.`,
      {
        details: { capability: "weights", backend: name },
      },
    );
  }
  const foreign = LOAD_FLAGS.find((flag) => flags[flag] !== undefined && flags[flag] !== false && !takes.includes(flag));
  if (foreign !== undefined) {
    const instead = takes.includes("backendOption") ? ` What ${name} takes is given by --backend-option NAME=VALUE.` : "";
    throw new XDeepError("OPTION_INVALID", `${flagName(foreign)} is no option of backend ${name}.${instead}`, { details: { option: foreign, backend: name } });
  }
  if (engine !== undefined && !engines.includes(engine)) {
    throw new XDeepError("OPTION_INVALID", `${kind} models run on ${engines.join(", ")}, not on --engine ${engine}.`, { details: { engine, engines } });
  }
}
