import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { windowOffsets } from "../../arrays/windows.ts";

/** Adds columns, [N, C · taps, windows], up where their windows lie on the image. */
function col2Im(call: OperatorCall): readonly Value64[] {
  const [x, image, kernel] = [call.input(0), [...call.input(1).data], [...call.input(2).data]];
  const ones = kernel.map(() => 1);
  const windows = {
    kernel,
    strides: call.attributes.ints("strides", ones),
    dilations: call.attributes.ints("dilations", ones),
    pads: call.attributes.ints(
      "pads",
      [...kernel, ...kernel].map(() => 0),
    ),
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

/** Columns as an image. */
export const col2ImOperators: OperatorTable = { Col2Im: col2Im };
