import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { placeWindows, windowsOf } from "../../arrays/windows.ts";

/** A two-dimensional convolution whose taps are moved by offsets and weighted by a mask (Zhu et al. 2018, arXiv:1811.11168). */
function deformConv(call: OperatorCall): readonly Value64[] {
  const [x, w, offset, bias, mask] = [call.input(0), call.input(1), call.input(2), call.optional(3), call.optional(4)];
  if (x.dims.length !== 4) throw call.unsupported("deformable convolution of other than two spatial axes");
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const [filters, groupChannels, kernelRows, kernelColumns] = w.dims as [number, number, number, number];
  const { windows, out } = placeWindows(windowsOf(call, [kernelRows, kernelColumns]), [height, width], "NOTSET");
  const [groups, offsetGroups] = [call.attributes.int("group", 1), call.attributes.int("offset_group", 1)];
  const [taps, outSize] = [kernelRows * kernelColumns, out[0]! * out[1]!];
  const y = value64(x.type, [batch, filters, ...out]);

  /** The input of channel c that tap k of window i sees in sample n. */
  function sampleAt(n: number, c: number, k: number, i: number): number {
    const group = Math.floor(c / (channels / offsetGroups));
    const at = ((n * offsetGroups + group) * taps + k) * 2 * outSize + i;
    const row = Math.floor(i / out[1]!) * windows.strides[0]! - windows.pads[0]! + Math.floor(k / kernelColumns) * windows.dilations[0]! + offset.data[at]!;
    const column = (i % out[1]!) * windows.strides[1]! - windows.pads[1]! + (k % kernelColumns) * windows.dilations[1]! + offset.data[at + outSize]!;
    const plane = x.data.subarray((n * channels + c) * height * width).subarray(0, height * width);
    return bilinear(plane, height, width, row, column) * (mask?.data[((n * offsetGroups + group) * taps + k) * outSize + i] ?? 1);
  }

  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < filters; o++) {
      const first = Math.floor(o / (filters / groups)) * groupChannels;
      for (let i = 0; i < outSize; i++) {
        let sum = bias?.data[o] ?? 0;
        for (let c = 0; c < groupChannels; c++) {
          for (let k = 0; k < taps; k++) sum += w.data[(o * groupChannels + c) * taps + k]! * sampleAt(n, first + c, k, i);
        }
        y.data[(n * filters + o) * outSize + i] = sum;
      }
    }
  }
  return [y];
}

/** Linear interpolation between the four neighbours; those outside are 0. */
function bilinear(plane: Float64Array, height: number, width: number, row: number, column: number): number {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const pixel = (r: number, c: number): number => (r >= 0 && r < height && c >= 0 && c < width ? plane[r * width + c]! : 0);
  const [dy, dx] = [row - top, column - left];
  const upper = (1 - dx) * pixel(top, left) + dx * pixel(top, left + 1);
  const lower = (1 - dx) * pixel(top + 1, left) + dx * pixel(top + 1, left + 1);
  return (1 - dy) * upper + dy * lower;
}

/** Deformable convolution. */
export const deformConvOperators: OperatorTable = { DeformConv: deformConv };
