/** Engines that are loaded by name, with the package and the name under which it registers its backend. */
export const ENGINE_PACKAGES: Readonly<Record<string, { readonly packageName: string; readonly backend: string }>> = {
  cpu: { packageName: "@tensorflow/tfjs-backend-cpu", backend: "cpu" },
  wasm: { packageName: "@tensorflow/tfjs-backend-wasm", backend: "wasm" },
  webgl: { packageName: "@tensorflow/tfjs-backend-webgl", backend: "webgl" },
  webgpu: { packageName: "@tensorflow/tfjs-backend-webgpu", backend: "webgpu" },
  "tfjs-node": { packageName: "@tensorflow/tfjs-node", backend: "tensorflow" },
  "tfjs-node-gpu": { packageName: "@tensorflow/tfjs-node-gpu", backend: "tensorflow" },
};

/** An engine by its short name, its package, or the name of any backend that the user registered. */
export type EngineName = "cpu" | "wasm" | "webgl" | "webgpu" | "tfjs-node" | "tfjs-node-gpu" | (string & {});
