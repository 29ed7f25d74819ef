import { type Tensor, add, backend_util, div, mul, slice, step, sub, tensor4d, zerosLike } from "@tensorflow/tfjs-core";

import type { GradientRule, PullbackCall } from "../gradient-rule.ts";
import { deinterleave, interleave } from "../../formulas/interleave.ts";
import { type WindowAxis, type WindowGeometry, geometryOf, padOrCut, phasesOf } from "../../formulas/window-geometry.ts";

/**
 * MaxPool: each window hands ȳ to its maximum, the first of equal ones in row-major order.
 *
 * step(y − x) is 1 at every entry below the maximum; `free`, their running product, is 1 until the first maximum was met.
 */
export const maxPoolRule: GradientRule = {
  kernel: "MaxPool",
  needs: { x: ["x"] },
  needsOutput: true,
  pullback: function maxPoolPullback(call) {
    const { dy, output, input } = call;
    const geometry = poolGeometry(call);
    const entry = windowEntries(input("x"), geometry);
    let free: Tensor | undefined;
    return {
      x: gatherWindows(geometry, (kh, kw) => {
        const miss = step(sub(output, entry(kh, kw)));
        const before = free;
        free = before === undefined ? miss : mul(before, miss);
        return mul(dy, sub(before ?? 1, free));
      }),
    };
  },
};

/** AvgPool: each window hands ȳ, over the number of its entries that lie inside the image, to all of them. */
export const avgPoolRule: GradientRule = {
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

/** Reads the entry (kh, kw) of every window, [N, Ho, Wo, C]; −∞ where a window reaches over the edge. */
function windowEntries(x: Tensor, geometry: WindowGeometry): (kh: number, kw: number) => Tensor {
  const { height, width } = geometry;
  const [n = 1, , , channels = 1] = x.shape;
  const amounts = ({ padBefore, inSize, outSize, stride, filterSize }: WindowAxis): [number, number] => [
    padBefore,
    (outSize - 1 + Math.ceil(filterSize / stride)) * stride - padBefore - inSize,
  ];
  const phases = deinterleave(padOrCut(x, amounts(height), amounts(width), -Infinity), geometry);
  return (kh, kw) => {
    const phase = phases[(kh % height.stride) * width.stride + (kw % width.stride)]!;
    return slice(phase, [0, Math.floor(kh / height.stride), Math.floor(kw / width.stride), 0], [n, height.outSize, width.outSize, channels]);
  };
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
      const sum = phases[phase];
      phases[phase] = sum === undefined ? placed : add(sum, placed);
    }
  }
  return interleave(
    phases.map((phase) => phase ?? zerosLike(like!)),
    geometry,
  );
}

/** How many entries of each window lie inside the image: [1, Ho, Wo, 1]. */
function windowCounts({ height, width }: WindowGeometry): Tensor {
  const inside = ({ outSize, stride, padBefore, filterSize, inSize }: WindowAxis): number[] =>
    Array.from({ length: outSize }, (_, o) => Math.min(o * stride - padBefore + filterSize, inSize) - Math.max(o * stride - padBefore, 0));
  const columns = inside(width);
  return tensor4d(
    inside(height).flatMap((rowCount) => columns.map((count) => rowCount * count)),
    [1, height.outSize, width.outSize, 1],
  );
}
