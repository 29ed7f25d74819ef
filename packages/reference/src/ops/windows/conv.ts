import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { placeWindows, windowOffsets, windowsOf } from "../../arrays/windows.ts";

/** y[n, o] = b[o] + Σ over the channels c of o's group and the taps k: x[n, c, window(k)] · w[o, c, k]. */
export function conv(call: OperatorCall): readonly Value64[] {
  const [x, w, bias] = [call.input(0), call.input(1), call.optional(2)];
  const groups = call.attributes.int("group", 1);
  const [batch, channels] = [x.dims[0]!, x.dims[1]!];
  const [filters, groupChannels] = [w.dims[0]!, w.dims[1]!];
  if (channels !== groupChannels * groups) throw call.invalid(`has ${channels} channels, but filters for ${groups} groups of ${groupChannels}`);
  const spatial = x.dims.slice(2);
  const placed = placeWindows(windowsOf(call, w.dims.slice(2)), spatial, call.attributes.string("auto_pad", "NOTSET"));
  const offsets = windowOffsets(spatial, placed.windows, placed.out);
  const [inSize, outSize, taps] = [sizeOf(spatial), sizeOf(placed.out), sizeOf(placed.windows.kernel)];
  const data = new Float64Array(batch * filters * outSize);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < filters; o++) {
      const y = data
        .subarray((n * filters + o) * outSize)
        .subarray(0, outSize)
        .fill(bias?.data[o] ?? 0);
      const firstChannel = Math.floor(o / (filters / groups)) * groupChannels;
      for (let c = 0; c < groupChannels; c++) {
        const plane = x.data.subarray((n * channels + firstChannel + c) * inSize);
        addCorrelation(y, plane, w.data.subarray((o * groupChannels + c) * taps), offsets, taps);
      }
    }
  }
  return [value64(x.type, [batch, filters, ...placed.out], data)];
}

function addCorrelation(y: Float64Array, plane: Float64Array, kernel: Float64Array, offsets: Int32Array, taps: number): void {
  for (let i = 0, at = 0; i < y.length; i++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const offset = offsets[at++]!;
      if (offset >= 0) sum += plane[offset]! * kernel[k]!;
    }
    y[i]! += sum;
  }
}

/** Convolution (cross-correlation) over any number of spatial axes. */
export const convOperators: OperatorTable = { Conv: conv };
