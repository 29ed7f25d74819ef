import { mkdtemp, rm, writeFile } from "node:fs/promises";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeModel } from "@xdeep/onnx";
import * as guided from "@xdeep/guided";
import * as integrated from "@xdeep/integrated";
import * as onnxruntime from "@xdeep/onnxruntime";
import { runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";

import * as text from "../src/index.ts";
import { textModel, tokenizer } from "./text-model.ts";

const MODEL = writeModel(textModel());

it("the vectors of words are those that change with the words, wherever the graph has them", async () => {
  const model = await onnxruntime.loadModel(MODEL);
  const encoded = text.readTokenizer(tokenizer).encode("A film", model);
  expect(model.entryValues!.toSorted()).toEqual(["embedded", "kind"]);
  expect(await text.embeddingOf(model, model.entryValues!, encoded)).toBe("embedded");
  expect(await text.embeddingOf(model, ["kind", "embedded"], encoded)).toBe("embedded");
  expect(await text.embeddingOf(model, ["embedded", "kind"], encoded)).toBe("embedded");
  expect(await text.embeddingOf(model, ["kind"], { ...encoded })).toBe("kind");
  expect(await text.embeddingOf(model, [], encoded)).toBeNull();
  // What adds up to the change of the score from padding to the text, word by word.
  const explainer = integrated.integrated(new guided.Backprop(model), { n: 200, baseline: encoded.baseline });
  const { values, target } = await explainer.explain(encoded.feeds, { wrt: ["embedded"], target: 1 });
  const sums = text.sumTokens(
    values["embedded"]!,
    encoded.words.map(({ tokens }) => tokens),
  );
  const score = async (feeds: typeof encoded.feeds): Promise<number> => (await model.forward({ feeds, outputs: [], target: target[0]! })).scores[0]!;
  const change = (await score(encoded.feeds)) - (await score({ ...encoded.feeds, ...encoded.baseline }));
  expect(sums.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(change, 4);
  // Special tokens stay, so that they have no share.
  expect([sums.data[0], sums.data.at(-1)]).toEqual([0, 0]);
  await model.dispose();
});

it("the example of the README runs as it stands", async () => {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-text-"));
  const before = process.cwd();
  try {
    process.chdir(folder);
    await writeFile("model.onnx", MODEL);
    await writeFile("tokenizer.json", JSON.stringify(tokenizer));
    const modules = {
      "node:fs/promises": fs,
      "@xdeep/guided": guided,
      "@xdeep/integrated": integrated,
      "@xdeep/onnxruntime": onnxruntime,
      "@xdeep/text": text,
    };
    const logged = await runExample(new URL("../README.md", import.meta.url), modules, {});
    expect(logged.filter((_, at) => at % 2 === 0)).toEqual(["[CLS]", "a", "wonderful", "film", "[SEP]"]);
    const sums = logged.filter((_, at) => at % 2 === 1);
    expect(sums.slice(1, -1).every((sum) => Number.isFinite(sum) && sum !== 0)).toBe(true);
  } finally {
    process.chdir(before);
    await rm(folder, { recursive: true });
  }
});
