import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/run-cli.ts";
import { type Labels, readLabels } from "./labels.ts";

async function labelsIn(name: string, text: string): Promise<Labels> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return readLabels(path);
}

describe("labels", () => {
  it.each([
    ["lines", "labels.txt", "tench\ngoldfish\n\n"],
    ["lines of Windows, with a mark in front", "labels.txt", "\uFEFFtench\r\ngoldfish\r\n"],
    ["lines with WordNet numbers", "synset.txt", "n01440764 tench\nn01443537 goldfish"],
    ["a JSON list", "labels.json", '["tench", "goldfish"]'],
    ["the class index of Keras", "class_index.json", '{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}'],
    ["names by index, in any order", "labels.json", '{"1": "goldfish", "0": "tench"}'],
    ["a configuration with id2label", "config.json", '{"model_type": "vit", "id2label": {"0": "tench", "1": "goldfish"}}'],
  ])("%s", async (_, name, text) => {
    expect(await labelsIn(name, text)).toEqual(["tench", "goldfish"]);
  });

  it("leaves indices without a name open", async () => {
    expect(await labelsIn("labels.json", '{"2": "whale"}')).toEqual([undefined, undefined, "whale"]);
  });

  it("takes lines that only begin as JSON does", async () => {
    expect(await labelsIn("vocabulary.txt", "[PAD]\n[UNK]\nthe\n")).toEqual(["[PAD]", "[UNK]", "the"]);
  });

  it.each([
    ["nothing", "labels.txt", "\n\n"],
    ["an empty list", "labels.json", "[]"],
    ["numbers", "labels.json", "[1, 2]"],
    ["names that lead to indices", "labels.json", '{"tench": 0}'],
    ["broken JSON", "labels.json", '["tench",'],
  ])("refuses %s", async (_, name, text) => {
    await expect(labelsIn(name, text)).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining(name) as string });
  });
});
