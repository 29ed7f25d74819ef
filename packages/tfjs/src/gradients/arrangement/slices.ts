import { type Tensor, pad, reshape, reverse, slice, slice_util } from "@tensorflow/tfjs-core";

import type { CheckedCall, GradientRule } from "../gradient-rule.ts";
import { unsupportedForm } from "../unsupported-form.ts";

/** Slice: x̄ is ȳ at its place, zeros elsewhere. */
export const sliceRule: GradientRule = {
  kernel: "Slice",
  needs: { x: [] },
  pullback: ({ dy, attrs, shapes }) => {
    const shape = shapes["x"]!;
    const given = attrs["begin"] as number | readonly number[];
    const begin = typeof given === "number" ? [given] : given;
    return {
      x: pad(
        dy,
        shape.map((dim, axis) => [begin[axis] ?? 0, dim - (begin[axis] ?? 0) - dy.shape[axis]!]),
      ),
    };
  },
};

/** StridedSlice: x̄ is ȳ spread out by the strides, at its place, zeros elsewhere. */
export const stridedSliceRule: GradientRule = {
  kernel: "StridedSlice",
  needs: { x: [] },
  check: checkMasks,
  pullback: ({ dy, attrs, shapes }) => {
    const shape = [...shapes["x"]!];
    const [begin, end, strides] = [attrs["begin"] as number[], attrs["end"] as number[], attrs["strides"] as number[]];
    const masks = ["beginMask", "endMask", "ellipsisMask", "newAxisMask", "shrinkAxisMask"].map((mask) => (attrs[mask] as number | undefined) ?? 0);
    const info = slice_util.sliceInfo(shape, begin, end, strides, masks[0]!, masks[1]!, masks[2]!, masks[3]!, masks[4]!);
    const counts = slice_util.computeOutShape(info.begin, info.end, info.strides);
    return { x: shape.reduce((t: Tensor, size, axis) => spread(t, axis, info.begin[axis]!, info.strides[axis]!, size), reshape(dy, counts)) };
  },
};

/** With an axis added or dropped, TensorFlow.js applies strides to the wrong axes. */
function checkMasks({ attrs }: CheckedCall): void {
  const strides = attrs["strides"] as readonly number[];
  if (strides.every((stride) => stride === 1) || (!attrs["newAxisMask"] && !attrs["shrinkAxisMask"])) return;
  throw unsupportedForm("StridedSlice", "with strides and with an axis added or dropped", "Slice first and reshape then.");
}

/** Puts entry i of an axis at begin + i · stride of an axis of `size`. */
function spread(t: Tensor, axis: number, begin: number, stride: number, size: number): Tensor {
  const count = t.shape[axis]!;
  if (count === 0)
    return pad(
      t,
      t.shape.map((_, i) => (i === axis ? [0, size] : [0, 0])),
    );
  const step = Math.abs(stride);
  const ordered = stride < 0 ? reverse(t, axis) : t;
  const first = stride < 0 ? begin + (count - 1) * stride : begin;
  const spaced = insertZeros(ordered, axis, step);
  const after = size - first - spaced.shape[axis]!;
  const cut =
    after < 0
      ? slice(
          spaced,
          spaced.shape.map(() => 0),
          spaced.shape.map((dim, i) => (i === axis ? dim + after : dim)),
        )
      : spaced;
  return pad(
    cut,
    cut.shape.map((_, i) => (i === axis ? [first, Math.max(after, 0)] : [0, 0])),
  );
}

/** step − 1 zeros behind every entry of an axis. */
function insertZeros(t: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return t;
  const outer = t.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const inner = t.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const flat = reshape(t, [outer * t.shape[axis]!, 1, inner]);
  return reshape(
    pad(flat, [
      [0, 0],
      [0, step - 1],
      [0, 0],
    ]),
    t.shape.map((dim, i) => (i === axis ? dim * step : dim)),
  );
}
