import { access } from "node:fs/promises";
import { join, parse } from "node:path";

import { type Tensor, XDeepError, float32 } from "@xdeep/core";
import { decodeImage, preprocess } from "@xdeep/image";

import type { PreparedInput } from "../inputs/prepare-input.ts";
import type { PictureControl } from "../inputs/prepare-picture.ts";
import { readNpy } from "../inputs/npy-file.ts";

const PICTURES = [".png", ".webp", ".tif", ".tiff", ".gif", ".jpg", ".jpeg"];
/** Grey levels from here on are inside. */
const INSIDE = 128;

/**
 * The mask of an input: the file of its name in the folder. A picture goes the way of the picture that it belongs to, resized and cropped; what is light is inside.
 * A .npy file has one number for each position of the model's input.
 *
 * @throws {XDeepError} INPUT_MISSING where there is none; IMAGE_INVALID for a mask of other proportions, or one without anything inside
 */
export async function readMask(folder: string, input: PreparedInput, control: PictureControl): Promise<Tensor> {
  const path = await findMask(folder, input.path);
  const mask = path.endsWith(".npy") ? await numbers(path) : await fromPicture(path, input, control);
  if ((mask.data as Float32Array).some((value) => value !== 0)) return mask;
  throw invalid(path, `has nothing inside${path.endsWith(".npy") ? "" : `: no pixel that the model sees is at least ${INSIDE} of 255`}`);
}

async function findMask(folder: string, input: string): Promise<string> {
  const { name } = parse(input);
  const candidates = [...PICTURES, ".npy"].map((extension) => join(folder, `${name}${extension}`));
  for (const path of candidates)
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  throw new XDeepError("INPUT_MISSING", `"${input}" has no mask: there is no ${name}.png, nor ${[...PICTURES.slice(1), ".npy"].join(", ")}, in "${folder}".`, {
    details: { input, folder },
  });
}

async function numbers(path: string): Promise<Tensor> {
  const { dims, numbers: data } = await readNpy(path);
  return float32(dims, Float32Array.from(data));
}

async function fromPicture(path: string, { path: input, plan }: PreparedInput, control: PictureControl): Promise<Tensor> {
  if (plan === null) throw invalid(path, `is a picture, and "${input}" holds numbers: give the mask as .npy`);
  const [mask, picture] = [await decodeImage(path, { ...control, background: [0, 0, 0] }), await decodeImage(input, control)];
  const [across, down] = [mask.width * picture.height, mask.height * picture.width];
  // A mask that was made smaller may be off by a pixel.
  if (Math.abs(across - down) > Math.max(picture.width, picture.height)) {
    throw invalid(path, `is ${mask.width} x ${mask.height}, and its picture ${picture.width} x ${picture.height}: they do not lie over each other`);
  }
  const { picture: seen } = await preprocess(mask, { ...plan.preprocessing, background: [0, 0, 0] }, control);
  const inside = new Float32Array(seen.width * seen.height).map((_, pixel) => {
    const [r, g, b] = seen.data.subarray(3 * pixel, 3 * pixel + 3);
    return Number(Math.max(r!, g!, b!) >= INSIDE);
  });
  return float32([1, seen.height, seen.width], inside);
}

function invalid(path: string, what: string): XDeepError {
  return new XDeepError("IMAGE_INVALID", `The mask "${path}" ${what}.`, { details: { path } });
}
