import { type FloatTensor, sliceRows } from "@xdeep/core";
import { reduceChannels } from "@xdeep/image";
import { SCENE_SIZE, type Scene } from "../scenes/scene.ts";

/** Pixels by which a mask is grown: edges are evidence, and a gradient sees them from both sides. */
const MARGIN = 2;

/** The object with the pixels around it: 1 where the mask has a 1 within two pixels in both directions, [height * width]. */
export function growMask(mask: Uint8Array): Uint8Array {
  const offsets = Array.from({ length: 2 * MARGIN + 1 }, (_, at) => at - MARGIN);
  const isObject = (x: number, y: number): boolean => x >= 0 && x < SCENE_SIZE && mask[y * SCENE_SIZE + x] === 1;
  return mask.map((_, pixel) => {
    const [x, y] = [pixel % SCENE_SIZE, Math.floor(pixel / SCENE_SIZE)];
    return offsets.some((dy) => offsets.some((dx) => isObject(x + dx, y + dy))) ? 1 : 0;
  });
}

/** Share of the picture that the grown object covers, 0 to 1: what an attribution scores that knows nothing. */
export function objectArea({ mask }: Scene): number {
  return growMask(mask).reduce((sum, inside) => sum + inside, 0) / mask.length;
}

/** Per picture, the share of Σ|a| over all channels and pixels that lies on the grown object, 0 to 1; 0 for an attribution that is all zero. */
export function objectShares(values: FloatTensor, scenes: readonly Scene[]): number[] {
  return scenes.map(({ mask }, row) => {
    const { data } = reduceChannels(sliceRows(values, row, row + 1));
    const grown = growMask(mask);
    const total = data.reduce((sum, value) => sum + value, 0);
    return total === 0 ? 0 : data.reduce((sum, value, pixel) => sum + value * grown[pixel]!, 0) / total;
  });
}

/** The mean of at least one number. */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
