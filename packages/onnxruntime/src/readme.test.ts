import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as core from "@xdeep/core";
import * as guided from "@xdeep/guided";
import { saveModelFile } from "@xdeep/onnx";
import { runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";
import { smallCnn } from "../test/small-models.ts";
import * as onnxruntime from "./index.ts";

const readme = new URL("../README.md", import.meta.url);

it("the README's example prints what it says", async () => {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-"));
  await saveModelFile(join(folder, "model.onnx"), smallCnn());
  const here = { ...onnxruntime, loadModel: (path: string) => onnxruntime.loadModel(join(folder, path)) };
  const logged = await runExample(readme, { "@xdeep/core": core, "@xdeep/guided": guided, "@xdeep/onnxruntime": here }, {});
  expect(logged).toEqual([[3, 6, 6], [1, 4], 1]);
  await rm(folder, { recursive: true });
});

it("the README lists every option of our own, and is short", async () => {
  const text = await readFile(readme, "utf8");
  const source = await readFile(new URL("./options.ts", import.meta.url), "utf8");
  const options = [...source.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name]) => name);
  expect(options.length).toBeGreaterThanOrEqual(7);
  for (const name of options) expect(text).toContain(`| \`${name}\` |`);
  expect(text.split("\n").length).toBeLessThanOrEqual(120);
});
