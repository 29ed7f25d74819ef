import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import { readTokenizer, sumTokens } from "@xdeep/text";
import { describe, expect, it } from "vitest";

import { textModel, tokenizer } from "../../../packages/text/test/text-model.ts";
import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import { writeTestModel } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

const SENTENCE = "A great film, awfully boring";
const WORDS = ["[CLS]", "a", "great", "film", ",", "awfully", "boring", "[SEP]"];

interface Scene {
  readonly folder: string;
  readonly model: string;
  readonly out: string;
}

/** A model with its tokenizer beside it, as exporters leave them. */
async function scene(): Promise<Scene> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "onnx"));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  await writeFile(join(folder, "tokenizer_config.json"), '{ "model_max_length": 16 }');
  return { folder, model: await writeTestModel(join(folder, "onnx"), "net.onnx", textModel()), out: join(folder, "out") };
}

describe("xdeep explain on a text", () => {
  it("cuts it by the tokenizer beside the model, starts at its padding, explains the vectors of its words, and sums over words", async () => {
    const { model: path, out } = await scene();
    const { code, stdout, stderr } = await runCli(["explain", path, "--text", SENTENCE, "-m", "integrated", "-t", "1", "-o", out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const model = await loadModel(path);
    const { feeds, baseline, words } = readTokenizer(tokenizer).encode(SENTENCE, model);
    const { values } = await integrated(new Backprop(model), { baseline }).explain(feeds, { wrt: ["embedded"], target: 1 });
    await model.dispose();
    const { dims, numbers } = await readNpy(join(out, "text.net.integrated.embedded.npy"));
    expect(dims).toEqual(values["embedded"]!.dims);
    expect(Array.from(numbers)).toEqual([...values["embedded"]!.data]);
    const sums = sumTokens(
      values["embedded"]!,
      words.map(({ tokens }) => tokens),
    );
    const rows = [...stdout.matchAll(/^ {6,}(\d+) {2}(\S+) +(\S+)/gm)].map(([, at, word, sum]) => [Number(at), word, Number(sum)] as const);
    expect(rows.map(([, word]) => word)).toEqual(WORDS);
    for (const [at, , sum] of rows) expect(sum).toBeCloseTo(sums.data[at]!, 3);
    const record = JSON.parse(await readFile(join(out, "text.net.integrated.json"), "utf8")) as ExplanationRecord;
    expect(record.input).toMatchObject({ file: JSON.stringify(SENTENCE), input: "input_ids", text: { tokenizer: { file: "tokenizer.json" } } });
    expect(record.input.text!.words.map(({ text }) => text)).toEqual(WORDS);
  });

  it("takes files of texts, several texts, and a tokenizer that is named; the report colours tokens", async () => {
    const { folder, model, out } = await scene();
    const review = join(folder, "review.txt");
    await writeFile(review, `${SENTENCE}\n`);
    const page = join(out, "report.html");
    const named = ["--tokenizer", join(folder, "tokenizer.json")];
    const { code, stdout, stderr } = await runCli(["explain", model, review, "--text", SENTENCE, "--text", "a film", ...named, "-o", out, "--report", page]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('[3/3] "a film" (input_ids [1, 4])');
    const [file, text] = await Promise.all(["review", "text"].map((stem) => readNpy(join(out, `${stem}.net.vanilla.embedded.npy`))));
    expect(file!.numbers).toEqual(text!.numbers);
    expect(await readFile(page, "utf8")).toContain('names="[&quot;[CLS]&quot;,&quot;a&quot;,&quot;film&quot;,&quot;[SEP]&quot;]" kind="words"');
  });

  it("puts a second text into the row, and leaves out what the model has no room for where it is told to, and says so", async () => {
    const { model, out } = await scene();
    const pair = "An awful film, and more boring than any other film of this year";
    const { code, stdout } = await runCli(["explain", model, "--text", SENTENCE, "--text-pair", pair, "--truncate", "-o", out]);
    expect(code).toBe(0);
    const loaded = await loadModel(model);
    const { feeds, leftOut, tokens } = readTokenizer(tokenizer, { model_max_length: 16 }).encode(SENTENCE, loaded, { pair, truncate: true });
    expect([leftOut > 0, tokens.length]).toEqual([true, 16]);
    const { values } = await new Backprop(loaded).explain(feeds, { wrt: ["embedded"], target: null });
    await loaded.dispose();
    expect(Array.from((await readNpy(join(out, "text.net.vanilla.embedded.npy"))).numbers)).toEqual([...values["embedded"]!.data]);
    const note = `The model takes 16 tokens: ${leftOut} at the end of the text were left out.`;
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(note);
    const record = JSON.parse(await readFile(join(out, "text.net.vanilla.json"), "utf8")) as ExplanationRecord;
    expect(record).toMatchObject({ notes: expect.arrayContaining([note]), input: { text: { pair, leftOut } } });
  });

  it("refuses what cannot be cut, and says what to do", async () => {
    const { folder, model, out } = await scene();
    const stderrOf = async (...argv: readonly string[]): Promise<string> => {
      const { code, stderr } = await runCli(["explain", ...argv, "-o", out]);
      expect(code).not.toBe(0);
      return stderr;
    };
    expect(await stderrOf(model)).toContain("Name inputs behind them, or give a --text.");
    expect(await stderrOf(model, "--text", "film ".repeat(20))).toMatch(
      /22 tokens, special ones among them, and the model takes 16\. Shorten it, or leave its end out: --truncate\. \[INPUT_SHAPE\]/,
    );
    expect(await stderrOf(model, "--text", " ")).toContain("[INPUT_SHAPE]");
    expect(await stderrOf(model, "--text", "a", "--tokenizer", join(folder, "none.json"))).toContain("[INPUT_MISSING]");
    expect(await stderrOf(model, "--text", "a", "--tokenizer", model)).toContain("This is no tokenizer.json of Hugging Face");
    expect(await stderrOf(model, "--text", "a", "--workers", "2")).toContain("Texts are explained one by one");
    const alone = await writeTestModel(out.replace(/out$/, "onnx"), "other.onnx", textModel());
    const away = join(folder, "away");
    await mkdir(away);
    await writeFile(join(away, "net.onnx"), await readFile(alone));
    expect(await stderrOf(join(away, "net.onnx"), "--text", "a")).toContain("give --tokenizer tokenizer.json");
  });
});
