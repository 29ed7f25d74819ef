import { readFileSync } from "node:fs";

import { type FloatTensor, type Tensor, type ValueInfo, float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { type TextModel, type TextTokenizer, readTokenizer, sumTokens, textInputs } from "../src/index.ts";
import { precompiled } from "../src/precompiled.ts";

interface Written {
  readonly name: string;
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly expected: readonly { readonly text: string; readonly ids: readonly number[]; readonly words: readonly (number | null)[] }[];
  readonly cut: readonly {
    readonly text: string;
    readonly pair: string | null;
    readonly most: number | null;
    readonly ids: readonly number[];
    readonly types: readonly number[];
  }[];
}

/** Three kinds of tokenizers, and what the Python library makes of sentences with each: see make-tokenizers.py. */
const WRITTEN: readonly Written[] = readFileSync(new URL("tokenizers.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Written);
const [WORDPIECE, BYTE_LEVEL, UNIGRAM] = WRITTEN.map(({ tokenizer }) => tokenizer) as [Written["tokenizer"], Written["tokenizer"], Written["tokenizer"]];

function input(name: string, dims: readonly (number | null)[] = [null, null], type: ValueInfo["type"] = "int64"): ValueInfo {
  return { name, type, dims, layout: null };
}

const model = (...inputs: readonly ValueInfo[]): TextModel => ({ inputs });
const numbers = (tensor: Tensor | undefined): readonly number[] => Array.from(tensor!.data as ArrayLike<number | bigint>, Number);
const BERT = model(input("input_ids"), input("attention_mask"), input("token_type_ids"), input("position_ids"));

/** Which places share a word: places by word, in the order of the words; special tokens are words of their own. */
function grouped(words: readonly (number | null)[]): readonly (readonly number[])[] {
  const groups: number[][] = [];
  for (const [at, word] of words.entries()) {
    if (word !== null && at > 0 && words[at - 1] === word) groups.at(-1)!.push(at);
    else groups.push([at]);
  }
  return groups;
}

describe.each(WRITTEN)("the tokenizer $name", ({ tokenizer, expected, cut }) => {
  it.each(expected)("cuts $text as the Python library does, into tokens and words", ({ text, ids, words }) => {
    const encode = (): ReturnType<ReturnType<typeof readTokenizer>["encode"]> => readTokenizer(JSON.stringify(tokenizer)).encode(text, BERT);
    if (text === "") return expect(encode).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
    const { feeds, words: found } = encode();
    expect(numbers(feeds["input_ids"])).toEqual(ids);
    expect(found.map(({ tokens }) => tokens)).toEqual(grouped(words));
  });

  it("puts two texts into one row, and leaves out what is too long, as the Python library does", () => {
    for (const { text, pair, most, ids, types } of cut) {
      const whole = readTokenizer(tokenizer).encode(text, BERT, { pair });
      const { feeds, words, leftOut } = readTokenizer(tokenizer, { model_max_length: most ?? 1e30 }).encode(text, BERT, { pair, truncate: true });
      expect(numbers(feeds["input_ids"])).toEqual(ids);
      expect(numbers(feeds["token_type_ids"])).toEqual(types);
      expect(leftOut).toBe(whole.tokens.length - ids.length);
      expect(words.flatMap(({ tokens }) => tokens)).toEqual(ids.map((_, at) => at));
    }
  });
});

interface Table {
  readonly table: string;
  readonly pairs: readonly (readonly [text: string, normalized: string])[];
}

describe("the normalizer Precompiled", () => {
  const { table, pairs } = JSON.parse(readFileSync(new URL("precompiled.json", import.meta.url), "utf8")) as Table;

  it("replaces by the table of the file as the Python library does, joined emoji too", () => {
    for (const [text, normalized] of pairs) expect(precompiled(table)(text)).toBe(normalized);
  });

  it("is that of the file, alone or among others, and refused without a table", () => {
    const of = (normalizer: unknown): TextTokenizer => readTokenizer({ ...UNIGRAM, normalizer });
    const one = { type: "Precompiled", precompiled_charsmap: table };
    const plain = of(null);
    for (const [text, normalized] of pairs.filter(([text]) => text !== "")) {
      const expected = numbers(plain.encode(normalized, BERT).feeds["input_ids"]);
      for (const normalizer of [one, { type: "Sequence", normalizers: [one] }])
        expect(numbers(of(normalizer).encode(text, BERT).feeds["input_ids"])).toEqual(expected);
    }
    for (const none of ["", "AAAA", table.slice(0, 40)])
      expect(() => of({ ...one, precompiled_charsmap: none })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

describe("a text for a model", () => {
  it("fills the inputs by their names, and its baseline has padding in the place of the words", () => {
    const { feeds, baseline, tokens, words } = readTokenizer(WORDPIECE).encode("A wonderful film", BERT);
    const count = tokens.length;
    expect(numbers(feeds["attention_mask"])).toEqual(Array.from({ length: count }, () => 1));
    expect(numbers(feeds["token_type_ids"])).toEqual(Array.from({ length: count }, () => 0));
    expect(numbers(feeds["position_ids"])).toEqual(Array.from({ length: count }, (_, at) => at));
    expect(feeds["input_ids"]).toMatchObject({ type: "int64", dims: [1, count] });
    expect(words.map(({ text }) => text)).toEqual(["[CLS]", "a", "wonderful", "film", "[SEP]"]);
    expect(numbers(baseline["input_ids"])).toEqual([2, ...Array.from({ length: count - 2 }, () => 0), 3]);
  });

  it("is padded where the number of tokens is fixed, left of it where the tokenizer says so, and refused where it is longer", () => {
    const fixed = model(input("input_ids", [1, 12]), input("attention_mask", [1, 12], "float32"), input("position_ids", [1, 12]));
    const short = readTokenizer(WORDPIECE).encode("film", model(input("x"))).tokens.length;
    const right = readTokenizer(WORDPIECE).encode("film", fixed);
    expect(numbers(right.feeds["attention_mask"])).toEqual(Array.from({ length: 12 }, (_, at) => (at < short ? 1 : 0)));
    expect(right.feeds["attention_mask"]!.type).toBe("float32");
    expect(right.words.at(-1)).toEqual({ text: `[PAD]\u00a0×\u00a0${12 - short}`, tokens: Array.from({ length: 12 - short }, (_, n) => short + n) });
    const left = readTokenizer(WORDPIECE, { padding_side: "left" }).encode("film", fixed);
    expect(numbers(left.feeds["input_ids"])).toEqual([...numbers(right.feeds["input_ids"]).slice(short), ...numbers(right.feeds["input_ids"]).slice(0, short)]);
    expect(numbers(left.feeds["position_ids"]).slice(-short)).toEqual(Array.from({ length: short }, (_, at) => at));
    expect(left.words[0]!.text).toBe(`[PAD]\u00a0×\u00a0${12 - short}`);
    expect(left.words.flatMap(({ tokens }) => tokens)).toEqual(Array.from({ length: 12 }, (_, at) => at));
    const long = "film ".repeat(20);
    expect(() => readTokenizer(WORDPIECE).encode(long, fixed)).toThrow(/and the model takes 12\. Shorten it, or leave its end out/);
    expect(() => readTokenizer(WORDPIECE, { model_max_length: 16 }).encode(long, BERT)).toThrow(/takes 16/);
    expect(readTokenizer(WORDPIECE, { model_max_length: 1e30 }).encode(long, BERT).tokens.length).toBeGreaterThan(16);
  });

  it("has tokens that people can read: letters for bytes, no marks of spaces", () => {
    const { words, tokens } = readTokenizer(BYTE_LEVEL).encode("Der Film war großartig", BERT);
    expect(words.map(({ text }) => text)).toEqual(["<s>", "Der", "Film", "war", "großartig", "</s>"]);
    expect(tokens.map(({ text }) => text).join("")).not.toMatch(/Ġ/);
    expect(tokens.some(({ text }) => text === "␣")).toBe(true);
  });

  it("goes to models that take texts alone", () => {
    expect(textInputs(BERT)).toMatchObject({ ids: { name: "input_ids" }, mask: { name: "attention_mask" }, types: { name: "token_type_ids" } });
    expect(textInputs(model(input("ids"), input("segment_ids"), input("input_mask:0")))).toMatchObject({ mask: { name: "input_mask:0" }, positions: null });
    // TensorFlow.js has floats before embeddings.
    expect(textInputs({ inputs: [input("input_1", [null, 8], "float32")], defaultWrt: ["embedding"] })).toMatchObject({ ids: { name: "input_1" } });
    const others = [
      model(input("x", [null, 4], "float32")),
      model(input("x", [null, 3, 8, 8], "float32")),
      model(input("a"), input("b")),
      model(input("input_ids"), input("past", [1, 2, null, 4], "float32")),
    ];
    for (const other of others) {
      expect(textInputs(other)).toBeNull();
      expect(() => readTokenizer(WORDPIECE).encode("film", other)).toThrow(expect.objectContaining({ code: "INPUT_MISSING" }));
    }
  });

  it("refuses files that are no tokenizer", () => {
    const files = ["", "[]", "{}", '{"model": {"type": "Odd", "vocab": {}}, "added_tokens": []}', "[PAD]\nfilm\n"];
    for (const file of files) expect(() => readTokenizer(file)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

describe("sums", () => {
  it("over words add up to the sum over tokens", () => {
    const values: FloatTensor = float32(
      [1, 4, 2],
      Float32Array.from({ length: 8 }, (_, at) => at - 3),
    );
    expect([...sumTokens(values, [[0], [1, 2], [3]]).data]).toEqual([-5, 2, 7]);
    expect([...sumTokens(float32([1, 3], [1, 2, 4]), [[0, 2], [1]]).data]).toEqual([5, 2]);
    expect(() => sumTokens(values, [[4]])).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
    expect(() => sumTokens(float32([2, 2], [1, 2, 3, 4]), [[0]])).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
  });
});
