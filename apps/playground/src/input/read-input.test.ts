import type { ValueInfo } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { isPictureInput } from "./is-picture-input.ts";
import { readLabels } from "./read-labels.ts";
import { parseFeeds, parseNumbers, tensorOf } from "./read-numbers.ts";
import { readVocabulary } from "./read-vocabulary.ts";
import { sortFiles } from "./sort-files.ts";
import { whatIsLeftOut, whyUnread } from "./why-unread.ts";

const info = (dims: readonly (number | null)[], type: ValueInfo["type"] = "float32", layout: ValueInfo["layout"] = null): ValueInfo => ({
  name: "x",
  type,
  dims,
  layout,
});
const file = (name: string, text = ""): File => new File([text], name);

describe("numbers", () => {
  it("are JSON of any nesting, or CSV with or without a heading", () => {
    expect(parseNumbers("[[1, 2], [3, -4e2]]")).toEqual([1, 2, 3, -400]);
    expect(parseNumbers("a,b\n1,2\n3;4\n")).toEqual([1, 2, 3, 4]);
    expect(parseNumbers(" 1\t2 3")).toEqual([1, 2, 3]);
    for (const text of ["", "a b", "[1, null]", "1,,x", "NaN"]) expect(() => parseNumbers(text)).toThrow(expect.objectContaining({ code: "INPUT_TYPE" }));
  });

  it("fill the dims of the input, whose batch and one more size may be open", () => {
    expect(tensorOf([1, 2, 3, 4], info([null, 2]))).toEqual({ type: "float32", dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    expect(tensorOf([1, 2, 3], info([null, null], "int64"))).toEqual({ type: "int64", dims: [1, 3], data: BigInt64Array.of(1n, 2n, 3n) });
    expect(() => tensorOf([1, 2, 3], info([null, 2]))).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
  });

  it("of several inputs come by name, all of them", () => {
    const inputs = [info([1, 2]), { ...info([1]), name: "y" }];
    expect(Object.keys(parseFeeds('{"x": [1, 2], "y": [3]}', inputs))).toEqual(["x", "y"]);
    expect(() => parseFeeds("[1, 2]", inputs)).toThrow(expect.objectContaining({ code: "INPUT_MISSING" }));
  });
});

describe("dropped files", () => {
  it("are sorted by what they are for", () => {
    const found = sortFiles([file("net.onnx"), file("net.onnx.data"), file("cat.jpg"), file("imagenet_class_index.json"), file("preprocessor_config.json")]);
    expect(found.model).toMatchObject({ kind: "onnx", main: "net.onnx" });
    expect(Object.keys(found.model!.files)).toEqual(["net.onnx", "net.onnx.data"]);
    expect([found.picture?.name, found.labels?.name, found.preprocessing?.name, found.numbers]).toEqual([
      "cat.jpg",
      "imagenet_class_index.json",
      "preprocessor_config.json",
      null,
    ]);
    const tfjs = sortFiles([file("model.json"), file("group1-shard1of1.bin"), file("names.txt"), file("row.csv")]);
    expect(tfjs.model).toMatchObject({ kind: "tfjs", main: "model.json" });
    expect([tfjs.labels?.name, tfjs.numbers?.name]).toEqual(["names.txt", "row.csv"]);
    expect(sortFiles([file("cat.png")]).model).toBeNull();
    const several = sortFiles([file("a.onnx"), file("cat.png"), file("b.onnx"), file("c.onnx"), file("dog.jpg"), file("fox.jpg"), file("README.md")]);
    expect(whatIsLeftOut(several.leftOut)).toBe("One model and one picture at a time: b.onnx, c.onnx, dog.jpg and 1 more were left out.");
    expect(whatIsLeftOut(found.leftOut)).toBe("");
  });

  it("give the words of a model of tokens, and what lies beside a tokenizer is nothing else", async () => {
    const found = sortFiles([file("model.onnx"), file("tokenizer.json"), file("tokenizer_config.json"), file("special_tokens_map.json"), file("config.json")]);
    expect([found.vocabulary?.name, found.tokenizerConfig?.name, found.labels?.name, found.numbers]).toEqual([
      "tokenizer.json",
      "tokenizer_config.json",
      "config.json",
      null,
    ]);
    // As a folder of Hugging Face holds them.
    const folder = ["vocab.txt", "merges.txt", "vocab.json", "preprocessor_config.json", "config.json", "model.onnx", "tokenizer.json"].map((name) =>
      file(name),
    );
    expect(sortFiles(folder)).toMatchObject({ vocabulary: { name: "tokenizer.json" }, labels: { name: "config.json" }, numbers: null });
    expect(sortFiles([file("vocab.txt"), file("names.txt")]).labels?.name).toBe("names.txt");
    expect(sortFiles([file("model.onnx"), file("README.md"), file("merges.txt")]).unknown.map(({ name }) => name)).toEqual(["README.md", "merges.txt"]);
    expect(whyUnread([])).toContain("no file");
    expect(whyUnread([file("a.md"), file("model.zip")])).toBe('"model.zip" is an archive: unpack it, and drop the files in it.');
    expect(whyUnread([file("net.pt")])).toContain("torch.onnx.export");
    expect(whyUnread([file("a.pdf")])).toContain('"a.pdf": nothing here that the page can read.');
    expect(await readVocabulary(file("vocab.txt", "[PAD]\nfilm\n"))).toEqual(["[PAD]", "film"]);
    expect(await readVocabulary(file("vocab.json", '{"film": 1, "[PAD]": 0}'))).toEqual(["[PAD]", "film"]);
    const unigram = {
      model: {
        vocab: [
          ["<s>", 0],
          ["film", -3],
        ],
      },
      added_tokens: [{ id: 2, content: "<mask>" }],
    };
    expect(await readVocabulary(file("tokenizer.json", JSON.stringify(unigram)))).toEqual(["<s>", "film", "<mask>"]);
    expect(await readVocabulary(file("tokenizer.json", '{"model": {"vocab": {"b": 1, "a": 0}}}'))).toEqual(["a", "b"]);
  });

  it("name classes by line, by list, or by index as Keras and Hugging Face do", async () => {
    expect(await readLabels(file("a.txt", "a\nb b\n"))).toEqual(["a", "b b"]);
    expect(await readLabels(file("a.json", '["a", "b"]'))).toEqual(["a", "b"]);
    expect(await readLabels(file("a.json", '{"0": ["n01", "tench"], "2": ["n02", "shark"]}'))).toEqual(["tench", "class 1", "shark"]);
    expect(await readLabels(file("config.json", '{"id2label": {"0": "no", "1": "yes"}}'))).toEqual(["no", "yes"]);
  });
});

it("pictures go to inputs of four axes in a known order, with one channel or three", () => {
  expect(isPictureInput(info([null, 3, 64, 64], "float32", "NCHW"))).toBe(true);
  expect(isPictureInput(info([null, 64, 64, 1], "float32", "NHWC"))).toBe(true);
  expect(isPictureInput(info([null, 7, 64, 64], "float32", "NCHW"))).toBe(false);
  expect(isPictureInput(info([null, 4]))).toBe(false);
});
