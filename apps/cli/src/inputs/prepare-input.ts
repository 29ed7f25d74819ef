import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import { type Model, type Tensor, type ValueInfo, XDeepError } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/method";
import type { RgbImage } from "@xdeep/image";
import type { EncodeOptions } from "@xdeep/text";

import type { PreprocessingFlags } from "../commands/explain-flags.ts";
import type { CompanionFiles } from "./companion-files.ts";
import { unreadableFile } from "./file-error.ts";
import { type HashedFile, hashBytes, hashFile } from "./hashed-file.ts";
import { type PictureControl, type PicturePlan, planPictures, preparePicture } from "./prepare-picture.ts";
import { type PreparedText, type TextPlan, planTexts, prepareText } from "./prepare-text.ts";
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
  /** Its tokens and words, where it is a text. */
  readonly text: PreparedText | null;
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
  readonly texts?: TextPlan;
}

/** Something to explain: a file, or a text of the command line. */
export interface GivenInput {
  readonly path: string;
  readonly text?: string | undefined;
}

/** What lies beside a model for the inputs of a run. */
export interface InputCompanions extends Pick<CompanionFiles, "pictures"> {
  /** Path of the tokenizer that was named, or lies beside the model. */
  readonly tokenizer: string | null;
  /** What is said of all texts. */
  readonly encoding?: EncodeOptions | undefined;
}

/** True for files that hold a text. */
export function isTextFile(path: string): boolean {
  return /\.txt$/i.test(path);
}

function isText({ path, text }: GivenInput): boolean {
  return text !== undefined || isTextFile(path);
}

/**
 * Finds out where the files of a run go.
 *
 * @throws {XDeepError} INPUT_MISSING where several inputs are left; and the codes of `planPictures`
 */
export async function planInputs(
  model: Model,
  inputs: readonly GivenInput[],
  further: readonly string[],
  flags: PreprocessingFlags,
  { pictures, tokenizer, encoding }: InputCompanions,
): Promise<InputPlan> {
  const others = inputs.filter((input) => !isText(input));
  const hasPictures = others.some(({ path }) => !isTensorFile(path));
  const hasNumbers = others.some(({ path }) => isTensorFile(path));
  const info = hasPictures ? inputFor(model, further, true) : null;
  return {
    ...(info === null ? {} : { pictures: { info, plan: await planPictures(info, flags, pictures) } }),
    ...(hasNumbers ? { numbers: { info: inputFor(model, further, false) } } : {}),
    ...(others.length < inputs.length ? { texts: await planTexts(tokenizer, encoding) } : {}),
  };
}

/**
 * Reads a picture, a file of numbers, or a text.
 *
 * @throws {XDeepError} the codes of reading
 */
export async function prepareInput(
  model: Model,
  given: GivenInput,
  plan: InputPlan,
  further: Readonly<Record<string, Tensor>>,
  layout: "NCHW" | "NHWC" | undefined,
  control: PictureControl,
): Promise<PreparedInput> {
  return isText(given) ? textInput(model, given, plan, further, control) : fileInput(given.path, plan, further, layout, control);
}

async function textInput(
  model: Model,
  { path, text }: GivenInput,
  { texts }: InputPlan,
  further: Readonly<Record<string, Tensor>>,
  { signal }: PictureControl,
): Promise<PreparedInput> {
  const bytes = text === undefined ? await readInput(path) : Buffer.from(text);
  const prepared = await prepareText(model, text ?? bytes.toString("utf8").trimEnd(), texts!, signal);
  const [ids] = Object.keys(prepared.baseline);
  return {
    path,
    file: hashBytes(bytes, text === undefined ? basename(path) : path),
    info: model.inputs.find(({ name }) => name === ids)!,
    feeds: { ...prepared.feeds, ...further },
    picture: null,
    plan: null,
    text: prepared,
    layout: null,
  };
}

async function readInput(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw unreadableFile("INPUT_MISSING", "file", path, cause);
  });
}

async function fileInput(
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
    text: null,
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
