import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { ENGINES } from "../../test/engines.ts";
import { importError } from "./import-package.ts";
import { loadModel } from "../index.ts";

const signature = { inputs: [{ name: "x", dims: [null, 2] }], outputs: [{ name: "y", dims: [null, 2] }] };

describe("the engine", () => {
  it.each(ENGINES)("%s is used and leaves the user's own in place", async (engine) => {
    await tf.setBackend("cpu");
    const model = await loadModel(tf.square, { engine, ...signature });
    expect(model.engine).toBe(`tfjs-core ${tf.version_core} (${engine})`);
    expect(tf.getBackend()).toBe("cpu");
    let used = "";
    const spy = await loadModel(
      (x) => {
        used = tf.getBackend();
        return tf.square(x);
      },
      { engine, ...signature },
    );
    await spy.forward({ feeds: { x: { type: "float32", dims: [1, 2], data: Float32Array.of(1, 2) } } });
    expect([used, tf.getBackend()]).toEqual([engine, "cpu"]);
  });

  it("is the one that is set, unless another is named", async () => {
    await tf.setBackend("wasm");
    expect((await loadModel(tf.square, signature)).engine).toContain("(wasm)");
    await tf.setBackend("cpu");
    expect((await loadModel(tf.square, signature)).engine).toContain("(cpu)");
  });

  it("may be given by its package", async () => {
    expect((await loadModel(tf.square, { engine: "@tensorflow/tfjs-backend-wasm", ...signature })).engine).toContain("(wasm)");
  });

  it("is refused when there is none of its name", async () => {
    await expect(loadModel(tf.square, { engine: "wasmm", ...signature })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("wasm"),
    });
  });

  it.each(["tfjs-node", "tfjs-node-gpu", "webgl", "webgpu"])("%s is refused with its install line where it is not installed", async (engine) => {
    const packageName = engine.startsWith("tfjs") ? `@tensorflow/${engine}` : `@tensorflow/tfjs-backend-${engine}`;
    await expect(loadModel(tf.square, { engine, ...signature })).rejects.toMatchObject({
      code: "ENGINE_MISSING",
      message: expect.stringContaining(`npm install ${packageName}`),
    });
    expect(tf.getBackend()).toBe("cpu");
  });

  it("that does not start is an error, though TensorFlow.js only answers false", async () => {
    tf.registerBackend("broken", () => {
      throw new Error("no device");
    });
    expect(await tf.setBackend("broken")).toBe(false);
    await tf.setBackend("cpu");
    await expect(loadModel(tf.square, { engine: "broken", ...signature })).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringContaining('"broken" did not start'),
    });
    expect(tf.getBackend()).toBe("cpu");
    tf.removeBackend("broken");
  });

  it("that was removed later is an error", async () => {
    tf.registerBackend("borrowed", tf.findBackendFactory("cpu"));
    tf.copyRegisteredKernels("cpu", "borrowed");
    const model = await loadModel(tf.square, { engine: "borrowed", ...signature });
    tf.removeBackend("borrowed");
    const feeds = { x: { type: "float32", dims: [1, 2], data: Float32Array.of(1, 2) } } as const;
    await expect(model.vjp({ feeds })).rejects.toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("removed") });
  });
});

describe("useGpu", () => {
  it("rejects with the reason where the GPU package is not installed", async () => {
    await expect(loadModel(tf.square, { useGpu: true, ...signature })).rejects.toMatchObject({
      code: "GPU_UNAVAILABLE",
      message: expect.stringContaining("npm install @tensorflow/tfjs-node-gpu"),
      cause: expect.objectContaining({ code: "ENGINE_MISSING" }),
    });
  });

  it("never runs on a CPU engine", async () => {
    await expect(loadModel(tf.square, { useGpu: true, engine: "wasm", ...signature })).rejects.toMatchObject({
      code: "GPU_UNAVAILABLE",
      message: expect.stringContaining("on the CPU"),
    });
  });
});

describe("importError", () => {
  it("tells a package that is absent from one without its binary", () => {
    const absent = Object.assign(new Error("Cannot find package '@tensorflow/tfjs-node' imported from /app/index.js"), { code: "ERR_MODULE_NOT_FOUND" });
    expect(importError("@tensorflow/tfjs-node", absent).message).toContain("is not installed");
    // As tfjs-node 4.22.0 throws it when its install script did not run: without a code.
    const bare = new Error(
      "The Node.js native addon module (tfjs_binding.node) can not be found at path: /app/node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node. \nPlease run command 'npm rebuild @tensorflow/tfjs-node --build-addon-from-source' to rebuild the native addon module.",
    );
    const error = importError("@tensorflow/tfjs-node", bare);
    expect(error).toMatchObject({ code: "ENGINE_MISSING", cause: bare });
    expect(error.message).toContain("is installed but does not load");
    expect(error.message).toContain("npm rebuild @tensorflow/tfjs-node");
  });

  it("takes a package with a broken dependency for installed", () => {
    const broken = Object.assign(new Error("Cannot find package 'long' imported from /app/node_modules/@tensorflow/tfjs-node/index.js"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    expect(importError("@tensorflow/tfjs-node", broken).message).toContain("is installed but does not load");
  });

  it.each([
    'Failed to resolve module specifier "@tensorflow/tfjs-backend-webgpu"',
    "Failed to resolve module specifier '@tensorflow/tfjs-backend-webgpu'",
    "The specifier “@tensorflow/tfjs-backend-webgpu” was a bare specifier",
  ])("knows what browsers say: %s", (message) => {
    expect(importError("@tensorflow/tfjs-backend-webgpu", new TypeError(message)).message).toContain("import it in your own code");
  });
});
