import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { type Windows, kernelExtents, splitPads, windowOffsets, windowsOf } from "../../arrays/windows.ts";

/** y[n, o, window of i at tap k] += x[n, c, i] · w[c, o, k]: the transpose of Conv, its windows lie on the output. */
function convTranspose(call: OperatorCall): readonly Value64[] {
  const [x, w, bias] = [call.input(0), call.input(1), call.optional(2)];
  const groups = call.attributes.int("group", 1);
  const [batch, channels, groupFilters] = [x.dims[0]!, x.dims[1]!, w.dims[1]!];
  const spatial = x.dims.slice(2);
  const { windows, out } = placed(call, windowsOf(call, w.dims.slice(2)), spatial);
  const offsets = windowOffsets(out, windows, spatial);
  const [inSize, outSize, taps] = [sizeOf(spatial), sizeOf(out), sizeOf(windows.kernel)];
  const filters = groupFilters * groups;
  const data = new Float64Array(batch * filters * outSize);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < filters; o++) data.fill(bias?.data[o] ?? 0, (n * filters + o) * outSize, (n * filters + o + 1) * outSize);
    for (let c = 0; c < channels; c++) {
      const firstFilter = Math.floor(c / (channels / groups)) * groupFilters;
      const plane = x.data.subarray((n * channels + c) * inSize).subarray(0, inSize);
      for (let o = 0; o < groupFilters; o++) {
        const y = data.subarray((n * filters + firstFilter + o) * outSize);
        scatterWindows(y, plane, w.data.subarray((c * groupFilters + o) * taps), offsets, taps);
      }
    }
  }
  return [value64(x.type, [batch, filters, ...out], data)];
}

function scatterWindows(y: Float64Array, plane: Float64Array, kernel: Float64Array, offsets: Int32Array, taps: number): void {
  for (let i = 0, at = 0; i < plane.length; i++) {
    for (let k = 0; k < taps; k++) {
      const offset = offsets[at++]!;
      if (offset >= 0) y[offset]! += plane[i]! * kernel[k]!;
    }
  }
}

/** The pads and output dims that the attributes pads, output_padding, output_shape and auto_pad add up to. */
function placed(call: OperatorCall, windows: Windows, spatial: readonly number[]): { windows: Windows; out: readonly number[] } {
  const autoPad = call.attributes.string("auto_pad", "NOTSET");
  const extra = call.attributes.ints(
    "output_padding",
    spatial.map(() => 0),
  );
  const full = spatial.map((size, axis) => (size - 1) * windows.strides[axis]! + kernelExtents(windows)[axis]! + extra[axis]!);
  const same = autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER";
  const asked = call.attributes.ints("output_shape")?.slice(-spatial.length);
  const out = asked ?? (same ? spatial.map((size, axis) => size * windows.strides[axis]!) : undefined);
  if (out === undefined) {
    const pads = autoPad === "VALID" ? windows.pads.map(() => 0) : windows.pads;
    return { windows: { ...windows, pads }, out: full.map((size, axis) => size - pads[axis]! - pads[axis + spatial.length]!) };
  }
  const totals = full.map((size, axis) => size - out[axis]!);
  return { windows: { ...windows, pads: splitPads(totals, autoPad === "SAME_UPPER") }, out };
}

/** Transposed convolution. */
export const convTransposeOperators: OperatorTable = { ConvTranspose: convTranspose };
