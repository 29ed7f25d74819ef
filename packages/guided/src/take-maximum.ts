import { XDeepError, sizeOf } from "@xdeep/core";
import type { FloatTensor, Layout } from "@xdeep/core";

/**
 * The channel axis of an attribution with its batch axis: the last for NHWC, otherwise the first after the batch.
 *
 * @throws {XDeepError} OPTION_INVALID where there is no channel axis: fewer than three axes
 */
export function channelAxis({ dims }: FloatTensor, layout: Layout, name: string): number {
  if (dims.length < 3) {
    throw new XDeepError(
      "OPTION_INVALID",
      `takeMax needs a channel axis, but "${name}" has dims [${dims.join(", ")}]: a batch axis and ${dims.length - 1} more. Leave takeMax out.`,
      {
        details: { option: "takeMax", dims },
      },
    );
  }
  return layout === "NHWC" ? dims.length - 1 : 1;
}

/** The signed maximum over one axis, which stays with size 1. */
export function takeMaximum({ dims, data }: FloatTensor, axis: number): FloatTensor {
  const size = dims[axis]!;
  const inner = sizeOf(dims.slice(axis + 1));
  const reduced = dims.with(axis, 1);
  const maxima = new Float32Array(sizeOf(reduced));
  for (let start = 0, at = 0; at < maxima.length; start += size * inner) {
    for (let i = start; i < start + inner; i++, at++) {
      let largest = data[i]!;
      for (let k = 1; k < size; k++) largest = Math.max(largest, data[i + k * inner]!);
      maxima[at] = largest;
    }
  }
  return { type: "float32", dims: reduced, data: maxima };
}
