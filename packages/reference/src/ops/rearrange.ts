import { sizeOf } from "@xdeep/core";
import { axisView, normalizeAxis } from "../axes.ts";
import { transposed } from "../matrix-product.ts";
import type { OperatorCall, OperatorTable } from "../operator-call.ts";
import { type Value64, value64 } from "../value64.ts";
import { windowOffsets } from "../windows.ts";

/** Blocks of channels become blocks of pixels; DCR takes the block as the outer part of the channels, CRD as the inner. */
function depthToSpace(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const size = call.attributes.int("blocksize", 1);
  const [n, c, h, w] = x.dims as [number, number, number, number];
  const channels = c / (size * size);
  const crd = call.attributes.string("mode", "DCR") === "CRD";
  const split = value64(x.type, crd ? [n, channels, size, size, h, w] : [n, size, size, channels, h, w], x.data);
  const moved = transposed(split, crd ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return [value64(x.type, [n, channels, h * size, w * size], moved.data)];
}

function spaceToDepth(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const size = call.attributes.int("blocksize", 1);
  const [n, c, h, w] = x.dims as [number, number, number, number];
  const split = value64(x.type, [n, c, h / size, size, w / size, size], x.data);
  return [value64(x.type, [n, c * size * size, h / size, w / size], transposed(split, [0, 3, 5, 1, 2, 4]).data)];
}

/** Adds columns, [N, C · taps, windows], up where their windows lie on the image. */
function col2Im(call: OperatorCall): readonly Value64[] {
  const [x, image, kernel] = [call.input(0), [...call.input(1).data], [...call.input(2).data]];
  const ones = kernel.map(() => 1);
  const windows = {
    kernel,
    strides: call.attributes.ints("strides", ones),
    dilations: call.attributes.ints("dilations", ones),
    pads: call.attributes.ints("pads", [...kernel, ...kernel].map(() => 0)),
  };
  const out = image.map((dim, axis) => {
    const padded = dim + windows.pads[axis]! + windows.pads[axis + image.length]!;
    return Math.floor((padded - (kernel[axis]! - 1) * windows.dilations[axis]! - 1) / windows.strides[axis]!) + 1;
  });
  const offsets = windowOffsets(image, windows, out);
  const [taps, count, imageSize] = [sizeOf(kernel), sizeOf(out), sizeOf(image)];
  const planes = x.dims[0]! * (x.dims[1]! / taps);
  const data = new Float64Array(planes * imageSize);
  for (let p = 0; p < planes; p++) {
    for (const [i, offset] of offsets.entries()) {
      const [window, tap] = [Math.floor(i / taps), i % taps];
      if (offset >= 0) data[p * imageSize + offset]! += x.data[(p * taps + tap) * count + window]!;
    }
  }
  return [value64(x.type, [x.dims[0]!, x.dims[1]! / taps, ...image], data)];
}

/** Keeps the part of each matrix on and above (or below) a diagonal. */
function trilu(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const [rows, columns] = [x.dims.at(-2)!, x.dims.at(-1)!];
  const k = call.optional(1)?.data[0] ?? 0;
  const upper = call.flag("upper", true);
  return [value64(x.type, x.dims, x.data.map((element, i) => {
    const distance = (i % columns) - (Math.floor(i / columns) % rows) - k;
    return (upper ? distance >= 0 : distance <= 0) ? element : 0;
  }))];
}

/** Reverses the first `length` steps of each sequence. */
function reverseSequence(call: OperatorCall): readonly Value64[] {
  const [x, lengths] = [call.input(0), call.input(1)];
  const [batchAxis, timeAxis] = [call.attributes.int("batch_axis", 1), call.attributes.int("time_axis", 0)];
  const [batch, time] = [axisView(x.dims, batchAxis), axisView(x.dims, timeAxis)];
  return [value64(x.type, x.dims, x.data.map((_, i) => {
    const length = lengths.data[Math.floor(i / batch.inner) % batch.size]!;
    const step = Math.floor(i / time.inner) % time.size;
    return x.data[step < length ? i + (length - 1 - 2 * step) * time.inner : i]!;
  }))];
}

/** A new axis with `on` at the index and `off` elsewhere. */
function oneHot(call: OperatorCall): readonly Value64[] {
  const [indices, depth, values] = [call.input(0), call.input(1).data[0]!, call.input(2)];
  const axis = normalizeAxis(call.attributes.int("axis", -1), indices.dims.length + 1);
  const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)];
  const { inner } = axisView(dims, axis);
  const y = value64(values.type, dims);
  y.data.fill(values.data[0]!);
  for (const [i, index] of indices.data.entries()) {
    const position = index < 0 ? index + depth : index;
    if (position >= 0 && position < depth) y.data[(Math.floor(i / inner) * depth + position) * inner + (i % inner)] = values.data[1]!;
  }
  return [y];
}

/** Elements moved to other places. */
export const rearrangeOperators: OperatorTable = {
  Col2Im: col2Im,
  DepthToSpace: depthToSpace,
  OneHot: oneHot,
  ReverseSequence: reverseSequence,
  SpaceToDepth: spaceToDepth,
  Trilu: trilu,
};
