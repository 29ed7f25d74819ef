import { basename } from "node:path";

import { type Model, type Tensor, type ValueInfo, XDeepError } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/method";
import type { RgbImage } from "@xdeep/image";

import type { PreprocessingFlags } from "../commands/explain-flags.ts";
import type { CompanionFiles } from "./companion-files.ts";
import { type HashedFile, hashFile } from "./hashed-file.ts";
import { type PictureControl, type PicturePlan, planPictures, preparePicture } from "./prepare-picture.ts";
import { isTensorFile, readTensorFile } from "./tensor-file.ts";

/** A file of the command line as the model takes it. */
export interface PreparedInput {
  readonly path: string;
  readonly file: HashedFile;
  /** The input that the file goes to. */
  readonly info: ValueInfo;
  /** Every input of the model by name. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** What the model sees, where the file is a picture. */
  readonly picture: RgbImage | null;
  readonly plan: PicturePlan | null;
  /** Order of the axes of a picture. */
  readonly layout: "NCHW" | "NHWC" | null;
}

/**
 * Reads the files of `--input`.
 *
 * @throws {XDeepError} INPUT_UNKNOWN for a name that is no input; INPUT_MISSING, INPUT_TYPE, INPUT_SHAPE for a file that does not fit
 */
export async function readFurtherInputs(model: Model, files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, Tensor>>> {
  const entries = await Promise.all(Object.entries(files).map(async ([name, path]) => [name, await readTensorFile(path, inputNamed(model, name))] as const));
  return Object.fromEntries(entries);
}

function inputNamed(model: Model, name: string): ValueInfo {
  const info = model.inputs.find((input) => input.name === name);
  if (info !== undefined) return info;
  const inputs = model.inputs.map((input) => input.name);
  throw new XDeepError("INPUT_UNKNOWN", `--input ${name}: the model has no such input. Its inputs are ${inputs.join(", ")}.`, {
    details: { input: name, inputs },
  });
}

/** Which inputs of the model the files of a run go to: found once, for pictures and for files of numbers. */
export interface InputPlan {
  /** Where a picture goes and how it becomes a tensor; undefined where no file of the run is one. */
  readonly pictures?: { readonly info: ValueInfo; readonly plan: PicturePlan };
  readonly numbers?: { readonly info: ValueInfo };
}

/**
 * Finds out where the files of a run go.
 *
 * @throws {XDeepError} INPUT_MISSING where several inputs are left; and the codes of `planPictures`
 */
export async function planInputs(
  model: Model,
  paths: readonly string[],
  further: readonly string[],
  flags: PreprocessingFlags,
  companion: CompanionFiles["pictures"],
): Promise<InputPlan> {
  const hasPictures = paths.some((path) => !isTensorFile(path));
  const hasNumbers = paths.some(isTensorFile);
  const info = hasPictures ? inputFor(model, further, true) : null;
  return {
    ...(info === null ? {} : { pictures: { info, plan: await planPictures(info, flags, companion) } }),
    ...(hasNumbers ? { numbers: { info: inputFor(model, further, false) } } : {}),
  };
}

/**
 * Reads a picture, or a file of numbers.
 *
 * @throws {XDeepError} the codes of reading
 */
export async function prepareInput(
  path: string,
  { pictures, numbers }: InputPlan,
  further: Readonly<Record<string, Tensor>>,
  layout: "NCHW" | "NHWC" | undefined,
  control: PictureControl,
): Promise<PreparedInput> {
  const isTensor = isTensorFile(path);
  const info = isTensor ? numbers!.info : pictures!.info;
  const plan = isTensor ? null : pictures!.plan;
  const image = plan === null ? null : await preparePicture(path, plan, control);
  const tensor = image?.tensor ?? (await readTensorFile(path, info));
  return {
    path,
    file: await hashFile(path, basename(path)),
    info,
    feeds: { ...further, [info.name]: tensor },
    picture: image?.picture ?? null,
    plan,
    layout: plan?.preprocessing.layout ?? layout ?? info.layout,
  };
}

function inputFor(model: Model, given: readonly string[], isPicture: boolean): ValueInfo {
  const left = model.inputs.filter(({ name }) => !given.includes(name));
  const candidates = isPicture && left.length > 1 ? left.filter(({ type, dims }) => isFloatType(type) && dims.length === 4) : left;
  if (candidates.length === 1) return candidates[0]!;
  const names = left.map(({ name }) => name);
  const problem =
    left.length === 0
      ? "--input gives all of them, so there is none left for the file"
      : `${names.join(", ")} are left for one file: give the others by --input NAME=FILE`;
  throw new XDeepError("INPUT_MISSING", `The model has ${model.inputs.length} inputs; ${problem}.`, {
    details: { inputs: model.inputs.map(({ name }) => name), left: names },
  });
}
