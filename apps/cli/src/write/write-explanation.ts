import { join } from "node:path";

import { type FloatTensor, sliceRows } from "@xdeep/core";
import { writePng, writeWholeFile } from "@xdeep/image";

import { draw } from "./draw.ts";
import type { DrawingFlags } from "../commands/explain-flags.ts";
import type { Explanation, ExplanationRecord, WrittenFiles } from "../explain/explanation.ts";
import { safeName, uniqueNames } from "./file-stem.ts";
import { writeNpy } from "../inputs/npy-file.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import { pictureOf } from "./picture-of.ts";

export interface WriteOptions {
  readonly folder: string;
  /** First part of every file name. */
  readonly stem: string;
  /** What tells the target from others that are explained beside it. */
  readonly part?: string | undefined;
  readonly flags: DrawingFlags;
}

/** Writes the raw attributions, their pictures and the record, and returns the record with the names of the files. */
export async function writeExplanation(
  { record, values }: Explanation,
  input: PreparedInput,
  { folder, stem, part, flags }: WriteOptions,
): Promise<ExplanationRecord> {
  const base = `${stem}.${safeName(record.name)}${part === undefined ? "" : `.${part}`}`;
  const attributions: Record<string, { file: string; dims: readonly number[] }> = {};
  const pictures: WrittenFiles["pictures"][number][] = [];
  const names = uniqueNames(Object.keys(values).map(safeName));
  for (const [n, [value, tensor]] of Object.entries(values).entries()) {
    const isNamed = value === input.info.name || value === record.layer?.name;
    const name = names.length === 1 && isNamed ? base : `${base}.${names[n]}`;
    await writeNpy(join(folder, `${name}.npy`), tensor);
    attributions[value] = { file: `${name}.npy`, dims: tensor.dims };
    const picture = pictureOf(value, tensor, record.layer, input);
    if (picture !== null) pictures.push(...(await writePictures(value, picture, input, { folder, stem: name, flags })));
  }
  const full: ExplanationRecord = { ...record, files: { attributions, pictures, record: `${base}.json` } };
  await writeWholeFile(join(folder, full.files.record), `${JSON.stringify(full, null, 2)}\n`);
  return full;
}

async function writePictures(
  value: string,
  tensor: FloatTensor,
  input: PreparedInput,
  { folder, stem, flags }: WriteOptions,
): Promise<WrittenFiles["pictures"]> {
  const rows = tensor.dims[0]!;
  const written: WrittenFiles["pictures"][number][] = [];
  for (let row = 0; row < rows; row++) {
    for (const { kind, image } of draw(sliceRows(tensor, row, row + 1), input, flags)) {
      const file = `${stem}${rows === 1 ? "" : `.row${row}`}.${kind}.png`;
      await writePng(join(folder, file), image);
      written.push({ kind, value, row, file });
    }
  }
  return written;
}
