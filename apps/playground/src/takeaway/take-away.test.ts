import { describe, expect, it } from "vitest";

import { rankCorrelation } from "../explain/rank-correlation.ts";
import { type Recipe, commandLine, program } from "./commands.ts";
import { readLink, writeLink } from "./link.ts";

const recipe: Recipe = {
  model: "my net.onnx",
  input: "it's.png",
  methods: ["integrated", "grad-cam"],
  targets: [3],
  settings: { steps: 32, draws: 16 },
  preprocessing: null,
  isOnnx: true,
  others: [],
  wrt: undefined,
  output: null,
  text: null,
};

describe("what is taken away", () => {
  it("a link brings back what it was made of, and numbers that are none are left out", () => {
    const state = { model: "digits", sample: "a 7", targets: [7, 1], methods: ["guided", "smooth"], steps: 64, draws: 8 };
    expect(readLink(writeLink(state))).toEqual(state);
    expect(readLink("#model=digits&targets=-1,x,2&steps=1e9")).toMatchObject({ targets: [2], steps: 32, draws: 16 });
    expect(readLink("")).toBeNull();
  });

  it("the command line quotes names, and calls methods as the page does", () => {
    expect(commandLine(recipe)).toBe("xdeep explain 'my net.onnx' 'it'\\''s.png' --method integrated,grad-cam --target 3 --steps 32");
  });

  it("a model of tokens has its mask beside it, and is explained at its embedding", () => {
    const tokens = { ...recipe, others: ["mask"], wrt: ["embedded"] };
    expect(commandLine({ ...recipe, targets: [3, 7] })).toContain(" --target 3 --target 7 ");
    expect(commandLine(tokens)).toMatch(/--input mask=mask\.json --wrt embedded$/);
    expect(program(tokens)).toContain('.explain(input, { target: 3, wrt: ["embedded"] })');
    const second = { ...tokens, output: "sentence embedding" };
    expect(commandLine(second)).toMatch(/ --wrt embedded --output 'sentence embedding'$/);
    expect(program(second)).toContain('.explain(input, { target: 3, wrt: ["embedded"], output: "sentence embedding" })');
  });

  it("a text comes with its tokenizer, and starts at the baseline of its padding", () => {
    const text = { ...recipe, others: ["attention_mask"], wrt: ["embedded"], text: { sentence: "It's good", pair: null, isCut: false, hasConfig: true } };
    expect(commandLine(text)).toBe(
      "xdeep explain 'my net.onnx' --text 'It'\\''s good' --tokenizer tokenizer.json --method integrated,grad-cam --target 3 --steps 32 --wrt embedded",
    );
    expect(program(text)).toContain(
      'const { feeds: input, baseline } = readTokenizer(await readFile("tokenizer.json", "utf8"), await readFile("tokenizer_config.json", "utf8")).encode("It\'s good", model);',
    );
    expect(program(text)).toContain("integrated(new Backprop(model), { n: 32, baseline })");
    expect(program({ ...text, methods: ["vanilla"] })).toContain("const { feeds: input } = readTokenizer(");
    const two = { ...text, text: { ...text.text, pair: "It's long", isCut: true } };
    expect(commandLine(two)).toContain(" --text 'It'\\''s good' --text-pair 'It'\\''s long' --truncate --tokenizer ");
    expect(program(two)).toContain('.encode("It\'s good", model, { pair: "It\'s long", truncate: true });');
  });

  it("the program imports what it uses", () => {
    expect(program(recipe)).toContain('import { integrated } from "@xdeep/integrated"');
    expect(program({ ...recipe, methods: ["grad-cam"] })).toContain("gradCam(model).explain(input, { target: 3 })");
    expect(program({ ...recipe, methods: ["smooth-guided"], isOnnx: false })).toMatch(/@xdeep\/tfjs[^]*smooth\(new Backprop\(model, \{ rule: "guided" \}\)/);
  });
});

describe("rank correlation", () => {
  it("is 1 for the same order of sizes, −1 for the opposite, and 0 where all are equal", () => {
    expect(rankCorrelation([1, -2, 3], [10, 20, -30])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBe(0);
    expect(rankCorrelation([1, 2, 2, 4], [1, 3, 3, 9])).toBeCloseTo(1, 12);
  });
});
