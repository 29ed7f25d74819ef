import type { ValueInfo } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/method";

/** Whether an input takes pictures: four axes in a known order, with one channel, three, or any number. */
export function isPictureInput({ dims, layout, type }: ValueInfo): boolean {
  if (dims.length !== 4 || layout === null || !isFloatType(type)) return false;
  const channels = layout === "NCHW" ? dims[1] : dims[3];
  return channels === 1 || channels === 3 || channels === null;
}
