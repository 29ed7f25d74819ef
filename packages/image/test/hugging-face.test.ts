import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../src/files/decode-image.ts";
import { importPreprocessing } from "../src/preprocessing/import-preprocessing.ts";
import { preprocessImages } from "../src/preprocessing/preprocess-images.ts";

interface Case {
  readonly model: string;
  readonly source: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly dims: readonly number[];
  readonly places: readonly number[];
  readonly values: readonly number[];
}

const { cases } = JSON.parse(await readFile(new URL("huggingface/configs.json", import.meta.url), "utf8")) as { readonly cases: readonly Case[] };

describe("importPreprocessing", () => {
  it.each(cases)("makes the tensor that transformers makes for $model of $source", async ({ config, source, dims, places, values }) => {
    const { preprocessing } = importPreprocessing(config);
    const { tensor } = preprocessImages([await decodeImage(new URL(`torchvision/${source}`, import.meta.url))], preprocessing);
    expect(tensor.dims).toEqual([1, ...dims]);
    places.forEach((place, n) => expect(tensor.data[place]).toBeCloseTo(values[n]!, 4));
  });
});
