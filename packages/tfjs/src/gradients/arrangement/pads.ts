import { type Tensor, add, pad, reverse, slice } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

type Paddings = readonly (readonly [number, number])[];

/** PadV2: x̄ is the inner part of ȳ. */
export const padV2Rule: GradientRule = {
  kernel: "PadV2",
  needs: { x: [] },
  pullback: ({ dy, attrs, shapes }) => ({
    x: slice(
      dy,
      (attrs["paddings"] as Paddings).map(([before]) => before),
      [...shapes["x"]!],
    ),
  }),
};

/** MirrorPad: x̄ is the inner part of ȳ, and the mirrored parts folded back onto it. */
export const mirrorPadRule: GradientRule = {
  kernel: "MirrorPad",
  needs: { x: [] },
  pullback: ({ dy, attrs, shapes }) => {
    const skip = attrs["mode"] === "reflect" ? 1 : 0;
    return { x: (attrs["paddings"] as Paddings).reduce((t, [before, after], axis) => fold(t, axis, before, after, shapes["x"]![axis]!, skip), dy) };
  },
};

/** One axis of a mirror pad: the borders, turned round, are added where they were copied from. `skip`: the edge itself was not copied. */
function fold(t: Tensor, axis: number, before: number, after: number, size: number, skip: number): Tensor {
  const cut = (begin: number, count: number): Tensor =>
    slice(
      t,
      t.shape.map((_, i) => (i === axis ? begin : 0)),
      t.shape.map((dim, i) => (i === axis ? count : dim)),
    );
  const place = (part: Tensor, begin: number): Tensor =>
    pad(
      part,
      part.shape.map((dim, i) => (i === axis ? [begin, size - begin - dim] : [0, 0])),
    );
  const inner = cut(before, size);
  const withFront = before === 0 ? inner : add(inner, place(reverse(cut(0, before), axis), skip));
  return after === 0 ? withFront : add(withFront, place(reverse(cut(before + size, after), axis), size - skip - after));
}
