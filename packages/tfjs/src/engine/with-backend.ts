import { XDeepError } from "@xdeep/core";
import { engine } from "@tensorflow/tfjs-core";

/**
 * Runs a synchronous function on one of the initialised backends and puts the user's own back, before anything else can run.
 *
 * @throws {XDeepError} ENGINE_FAILED when the backend was removed since the model was loaded
 */
export function withBackend<T>(backend: string, run: () => T): T {
  const previous = engine().backendName;
  if (previous === backend) return run();
  switchTo(backend);
  try {
    return run();
  } finally {
    if (previous) switchTo(previous);
  }
}

/** `setBackend` is asynchronous only while it initialises; for an initialised backend it has done its work when it returns. */
function switchTo(backend: string): void {
  if (!(backend in engine().registry)) {
    throw new XDeepError("ENGINE_FAILED", `The TensorFlow.js backend "${backend}" was removed after the model was loaded. Load the model again.`, {
      details: { backend },
    });
  }
  void engine().setBackend(backend);
}
