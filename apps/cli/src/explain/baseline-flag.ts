import { type Baseline, type BaselineOption } from "@xdeep/integrated";
import { XDeepError } from "@xdeep/core";
import { tensorFromImage } from "@xdeep/image";

import type { PreparedInput } from "../inputs/prepare-input.ts";
import { type PictureControl, preparePicture } from "../inputs/prepare-picture.ts";
import { isTensorFile, readTensorFile } from "../inputs/tensor-file.ts";

/**
 * The baselines that `--baseline` means: a number in units of the model's input, "black" or "white", a file of numbers, or a picture.
 *
 * @throws {XDeepError} BASELINE_INVALID for a colour where the input is no picture; and the codes of reading
 */
export async function resolveBaselines(
  texts: readonly string[] | undefined,
  input: PreparedInput,
  control: PictureControl,
): Promise<BaselineOption | undefined> {
  if (texts === undefined) return undefined;
  const baselines: Baseline[] = [];
  for (const text of texts) baselines.push(await resolveBaseline(text, input, control));
  return baselines.length === 1 ? baselines[0]! : baselines;
}

const GREY_LEVELS: Readonly<Record<string, number>> = { black: 0, white: 255 };

async function resolveBaseline(text: string, input: PreparedInput, control: PictureControl): Promise<Baseline> {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  if (isTensorFile(text)) return readTensorFile(text, input.info);
  const { picture, plan } = input;
  if (picture === null || plan === null) {
    throw new XDeepError(
      "BASELINE_INVALID",
      `--baseline ${text} needs a picture to explain; "${input.path}" holds numbers. Give a number, or a .npy or .json file.`,
      { details: { baseline: text } },
    );
  }
  const level = GREY_LEVELS[text];
  if (level === undefined) return (await preparePicture(text, plan, control)).tensor;
  return tensorFromImage({ ...picture, data: new Uint8Array(picture.data.length).fill(level) }, plan.preprocessing);
}
