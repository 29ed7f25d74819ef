import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { writePng } from "@xdeep/image";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

import type * as Batch from "../src/index.ts";
import { type Bundle, bundled } from "./bundle.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundled();
});
afterAll(() => bundle.remove());

/** Weights of red, green and blue for two classes; logits are their sums over all pixels. */
function smallModel(): Uint8Array {
  const weights = tensorProto("weights", { type: "float32", dims: [2, 3], data: Float32Array.of(1, 0, -1, -1, 0, 1) });
  return writeModel(
    modelProto({
      nodes: [
        nodeProto("GlobalAveragePool", ["image"], ["pooled"]),
        nodeProto("Flatten", ["pooled"], ["means"]),
        nodeProto("Gemm", ["means", "weights"], ["scores"], { transB: 1 }),
      ],
      inputs: [valueInfoProto("image", "float32", ["N", 3, 224, 224])],
      outputs: [valueInfoProto("scores", "float32", ["N", 2])],
      initializers: [weights],
    }),
  );
}

it("the README's example explains a folder of pictures, with a real engine", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [job, main] = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code!);
  const { folder } = bundle;
  await writeFile(join(folder, "model.onnx"), smallModel());
  for (const [n, red] of [250, 10, 200].entries()) {
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i % 3 === 0 ? red : 100));
    await writePng(join(folder, "photos", `${n}.png`), { width: 32, height: 32, data });
  }
  const external = ["sharp", "onnxruntime-node", "onnxruntime-web"];
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  await build({
    stdin: { contents: job!, resolveDir, loader: "ts" },
    outfile: join(folder, "job.js"),
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["xdeep-source"],
    external,
    logLevel: "silent",
  });
  const logged: unknown[] = [];
  const body = main!.replace(/^import .*$/m, "").replaceAll(/"(photos|model\.onnx|results)"/g, (_, name: string) => JSON.stringify(join(folder, name)));
  const AsyncFunction = (async () => {}).constructor as new (...source: string[]) => (...values: unknown[]) => Promise<void>;
  const { createManifest, hashFile, runBatch, summarize } = (await import(join(folder, "index.js"))) as typeof Batch;
  const run = new AsyncFunction(
    "createManifest",
    "hashFile",
    "runBatch",
    "summarize",
    "console",
    body.replace("import.meta.url", JSON.stringify(`file://${folder}/main.js`)),
  );
  await run(createManifest, hashFile, runBatch, summarize, { log: (value: unknown) => logged.push(value) });
  expect(logged).toMatchObject([
    [
      { target: 0, rows: 2 },
      { target: 1, rows: 1 },
    ],
  ]);
});
