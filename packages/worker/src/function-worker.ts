import { constants, Script } from "node:vm";
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";

import { XDeepError } from "@xdeep/core";

import { type Load, serve } from "./serve.ts";

/** The script of the threads in which `inWorker` runs a function: it is read again from its source, with imports resolved from `from`. */
const { source, from } = workerData as { readonly source: string; readonly from: string | null };
const filename = from ?? pathToFileURL(`${process.cwd()}/in-worker.js`).href;

serve(async (...args) => {
  const load = new Script(`(${source})`, { filename, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }).runInThisContext() as Load;
  try {
    return await load(...args);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new XDeepError(
      "OPTION_INVALID",
      `The function given to inWorker uses something outside it: ${error.message}. It runs in another thread: import what it needs inside it, as in async () => (await import("@xdeep/onnxruntime")).loadModel("model.onnx"), and pass values as \`arguments\`.`,
      { details: { option: "source" }, cause: error },
    );
  }
});
