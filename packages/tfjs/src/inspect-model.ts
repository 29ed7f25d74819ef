import { importError } from "./engine/import-package.ts";
import type { ModelInspection } from "./inspect/inspection.ts";
import type { ModelSource } from "./networks/open-network.ts";
import type { LoadOptions } from "./options.ts";

/**
 * Says what can be explained in a model that `loadModel` takes, even where that refuses it: its outputs and the values to explain in their place,
 * what can be attributed to, the gradient rule of every kernel, and the rectifiers. The model runs once on a row of zeros.
 *
 * @throws {XDeepError} as `loadModel`, except GRADIENT_MISSING
 */
export async function inspectModel(source: ModelSource, options: LoadOptions = {}): Promise<ModelInspection> {
  const { inspect } = await import("./inspect/inspect.ts").catch((cause: unknown) => {
    throw importError("@tensorflow/tfjs-core", cause);
  });
  return inspect(source, options);
}
