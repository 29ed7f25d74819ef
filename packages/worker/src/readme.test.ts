import { readFileSync } from "node:fs";

import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { expect, it } from "vitest";

import { smallModelFile } from "../test/small-model-file.ts";
import { bundled } from "../test/bundle.ts";

it("the README's example runs as it stands", async () => {
  const [, code = ""] = /```js\n([^]*?)```/.exec(readFileSync(new URL("../README.md", import.meta.url), "utf8")) ?? [];
  expect(code).toContain('import { inWorker } from "@xdeep/worker"');
  const scripts = await bundled({});
  const { inWorker } = (await import(scripts.url("index.js").href)) as { inWorker: typeof import("./index.ts").inWorker };
  const body = code
    .replace(/^import .*$/gm, "")
    .replace('import("@xdeep/onnxruntime")', `import("./onnxruntime.mjs")`)
    .replace('"model.onnx"', JSON.stringify(smallModelFile()));
  expect(body).toContain("onnxruntime.mjs");
  const run = new Function("Backprop", "inWorker", "image", "signal", `return (async () => { ${body}; return { values, target }; })()`);
  const from = scripts.url("index.js");
  const here: typeof inWorker = (source, options) => inWorker(source, { ...options, from });
  const withBackend = await bundled({ "onnxruntime.mjs": 'export * from "@xdeep/onnxruntime";' }, scripts);
  const { values, target } = (await run(Backprop, here, float32([1, 3], [1, 2, 3]), new AbortController().signal)) as {
    values: { dims: number[] };
    target: number[];
  };
  expect(values.dims).toEqual([1, 3]);
  expect(target).toEqual([2]);
  await withBackend.remove();
});
