import { type Tensor, backend_util, div, equal, logicalAnd, logicalNot, logicalOr, pad, slice, stridedSlice, tensor4d, zerosLike } from "@tensorflow/tfjs-core";

import type { Gradient, PullbackCall } from "../gradient.ts";
import { select } from "../masks.ts";
import { type WindowAxis, type WindowGeometry, addTo, geometryOf, interleave, padOrCut, phasesOf } from "../window-geometry.ts";

/** MaxPool: each window hands ȳ to its maximum, the first of equal ones in row-major order. */
export const maxPoolGradient: Gradient = {
  kernel: "MaxPool",
  needs: { x: ["x"] },
  needsOutput: true,
  pullback: function maxPoolPullback(call) {
    const { dy, output, input } = call;
    const geometry = poolGeometry(call);
    const x = paddedInput(input("x"), geometry);
    const zeros = zerosLike(dy);
    let free: Tensor | undefined;
    const parts = (kh: number, kw: number): Tensor => {
      const hit = equal(windowEntry(x, geometry, kh, kw), output);
      const first = free === undefined ? hit : logicalAnd(hit, free);
      free = free === undefined ? logicalNot(hit) : logicalAnd(free, logicalNot(hit));
      return select(first, dy, zeros);
    };
    return { x: gatherWindows(geometry, parts) };
  },
};

/** AvgPool: each window hands ȳ, over the number of its entries that lie inside the image, to all of them. */
export const avgPoolGradient: Gradient = {
  kernel: "AvgPool",
  needs: { x: [] },
  pullback: function avgPoolPullback(call) {
    const geometry = poolGeometry(call);
    const share = div(call.dy, windowCounts(geometry));
    return { x: gatherWindows(geometry, () => share) };
  },
};

function poolGeometry({ attrs, shapes }: PullbackCall): WindowGeometry {
  return geometryOf(
    backend_util.computePool2DInfo(
      shapes["x"] as [number, number, number, number],
      attrs["filterSize"] as number | [number, number],
      attrs["strides"] as number | [number, number],
      1,
      attrs["pad"] as "same" | "valid",
      attrs["dimRoundingMode"] as "floor" | undefined,
    ),
  );
}

/** The image with a border of −∞ wherever a window reaches over its edge. */
function paddedInput(x: Tensor, { height, width }: WindowGeometry): Tensor {
  const amounts = [height, width].map(({ padBefore, inSize, outSize, stride, filterSize }): [number, number] => [
    padBefore,
    Math.max(0, (outSize - 1) * stride + filterSize - padBefore - inSize),
  ]);
  if (amounts.flat().every((n) => n === 0)) return x;
  return pad(x, [[0, 0], amounts[0]!, amounts[1]!, [0, 0]], -Infinity);
}

/** The entry (kh, kw) of every window: [N, Ho, Wo, C]. */
function windowEntry(x: Tensor, { height, width }: WindowGeometry, kh: number, kw: number): Tensor {
  const [n = 1, , , channels = 1] = x.shape;
  const end = (k: number, { outSize, stride }: WindowAxis): number => k + (outSize - 1) * stride + 1;
  if (height.stride === 1 && width.stride === 1) return slice(x, [0, kh, kw, 0], [n, height.outSize, width.outSize, channels]);
  return stridedSlice(x, [0, kh, kw, 0], [n, end(kh, height), end(kw, width), channels], [1, height.stride, width.stride, 1]);
}

/** Adds up what every window hands to its entry (kh, kw), at the place of that entry in the image. */
function gatherWindows(geometry: WindowGeometry, part: (kh: number, kw: number) => Tensor): Tensor {
  const { height, width } = geometry;
  const [rows, columns] = [phasesOf(height), phasesOf(width)];
  const phases: (Tensor | undefined)[] = Array.from({ length: height.stride * width.stride }, () => undefined);
  let like: Tensor | undefined;
  for (let kh = 0; kh < height.filterSize; kh++) {
    for (let kw = 0; kw < width.filterSize; kw++) {
      const [i, j] = [kh + rows.lead, kw + columns.lead];
      const phase = (i % height.stride) * width.stride + (j % width.stride);
      const [down, right] = [Math.floor(i / height.stride) - rows.shift, Math.floor(j / width.stride) - columns.shift];
      const placed = padOrCut(part(kh, kw), [down, rows.coarse - down - height.outSize], [right, columns.coarse - right - width.outSize]);
      like = placed;
      phases[phase] = addTo(phases[phase], placed);
    }
  }
  return interleave(phases.map((phase) => phase ?? zerosLike(like!)), geometry);
}

/** How many entries of each window lie inside the image: [1, Ho, Wo, 1]. */
function windowCounts({ height, width }: WindowGeometry): Tensor {
  const inside = ({ outSize, stride, padBefore, filterSize, inSize }: WindowAxis): number[] =>
    Array.from({ length: outSize }, (_, o) => Math.min(o * stride - padBefore + filterSize, inSize) - Math.max(o * stride - padBefore, 0));
  const columns = inside(width);
  return tensor4d(inside(height).flatMap((rowCount) => columns.map((count) => rowCount * count)), [1, height.outSize, width.outSize, 1]);
}
