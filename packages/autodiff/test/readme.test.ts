import { readFile } from "node:fs/promises";
import * as onnx from "@xdeep/onnx";
import { runExample } from "@xdeep/test-models";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import * as autodiff from "../src/index.ts";

const readme = new URL("../README.md", import.meta.url);

it("the README's example prints what it says", async () => {
  expect(await runExample(readme, { "@xdeep/onnx": onnx, "@xdeep/autodiff": autodiff, "onnxruntime-node": ort }, {})).toEqual([[1], [6, -2]]);
});

it("the README names only what is exported, and is short", async () => {
  const text = await readFile(readme, "utf8");
  const [, entries = ""] = /Other entries: ([^]*?)\n\n/.exec(text) ?? [];
  const names = [...entries.matchAll(/`(\w+)`/g)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(3);
  expect(names.filter((name) => !(name in autodiff))).toEqual([]);
  expect(text.split("\n").length).toBeLessThanOrEqual(120);
});
