import { readFile } from "node:fs/promises";

import { type FloatTensor, type Model, sliceRows } from "@xdeep/core";
import { type RgbImage, reduceChannels, tensorFromImages } from "@xdeep/image";
import { readModel, valueInfoProto, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { SCENE_SIZE, type Scene } from "./scene.ts";

/** Two objects side by side, one of which is asked for. */
export interface Mosaic {
  /** Twice as wide as a picture. */
  readonly image: RgbImage;
  readonly asked: Scene;
  readonly other: Scene;
  /** 0: the object that is asked for is on the left; 1: on the right. */
  readonly half: 0 | 1;
}

/** Pictures in pairs, each pair of two classes: the one on the left is asked for, then the one on the right, in turn. */
export function mosaicsOf(scenes: readonly Scene[]): readonly Mosaic[] {
  return Array.from({ length: Math.floor(scenes.length / 2) }, (_, n) => {
    const pair = [scenes[2 * n]!, scenes[2 * n + 1]!] as const;
    const half = (n % 2) as 0 | 1;
    return { image: sideBySide(...pair), asked: pair[half], other: pair[1 - half]!, half };
  });
}

/** The network of the demo for mosaics: its last layer is averaged over all positions, however many there are. */
export async function loadWideShapes(): Promise<Model> {
  const network = readModel(await readFile(new URL("../../model/shapes.onnx", import.meta.url)));
  const graph = network.graph!;
  graph.input = [valueInfoProto("image", "float32", ["N", 3, SCENE_SIZE, 2 * SCENE_SIZE])];
  graph.valueInfo = [];
  return loadModel(writeModel(network), { intraOpNumThreads: 1 });
}

/** [N, 3, 64, 128]. */
export function mosaicTensor(mosaics: readonly Mosaic[]): FloatTensor {
  return tensorFromImages(
    mosaics.map(({ image }) => image),
    { preset: "unit", size: { width: 2 * SCENE_SIZE, height: SCENE_SIZE } },
  );
}

/** The share of the positive part in the half of the object that is asked for, channels summed first; 0 where there is none. */
export function halfShare(values: FloatTensor, mosaics: readonly Mosaic[], row: number): number {
  const { data } = reduceChannels(sliceRows(values, row, row + 1), { reduce: "sum" });
  const positive = data.map((value) => Math.max(0, value));
  const total = positive.reduce((sum, value) => sum + value, 0);
  const inside = positive.filter((_, at) => Math.floor((at % (2 * SCENE_SIZE)) / SCENE_SIZE) === mosaics[row]!.half).reduce((sum, value) => sum + value, 0);
  return total === 0 ? 0 : inside / total;
}

function sideBySide(left: Scene, right: Scene): RgbImage {
  const line = 3 * SCENE_SIZE;
  const data = Uint8Array.from({ length: 2 * line * SCENE_SIZE }, (_, at) => {
    const [y, x] = [Math.floor(at / (2 * line)), at % (2 * line)];
    return (x < line ? left : right).image.data[y * line + (x % line)]!;
  });
  return { width: 2 * SCENE_SIZE, height: SCENE_SIZE, data };
}
