import { type OperatorCall } from "../operator-call.ts";
import { rowMajorStrides } from "./strides.ts";

/** A sliding window over the spatial axes; each list has one entry per spatial axis, pads all begins, then all ends. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** What the attributes of a convolution or pooling node say, with pads not yet made from auto_pad. */
export function windowsOf(call: OperatorCall, kernel: readonly number[]): Windows {
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: call.attributes.ints("strides", ones),
    dilations: call.attributes.ints("dilations", ones),
    pads: call.attributes.ints(
      "pads",
      [...kernel, ...kernel].map(() => 0),
    ),
  };
}

/** Extent of a dilated kernel along each axis. */
export function kernelExtents({ kernel, dilations }: Windows): number[] {
  return kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
}

/** Splits a total padding into all begins, then all ends; the odd element goes to the end, or to the beginning. */
export function splitPads(totals: readonly number[], oddAtEnd: boolean): number[] {
  const begins = totals.map((total) => (oddAtEnd ? Math.floor(total / 2) : Math.ceil(total / 2)));
  return [...begins, ...totals.map((total, axis) => total - begins[axis]!)];
}

/** The windows with the pads that auto_pad asks for, and how many fit along each axis. */
export function placeWindows(windows: Windows, spatial: readonly number[], autoPad: string, ceil = false): { windows: Windows; out: number[] } {
  const extents = kernelExtents(windows);
  if (autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER") {
    const out = spatial.map((size, axis) => Math.ceil(size / windows.strides[axis]!));
    const totals = out.map((count, axis) => Math.max(0, (count - 1) * windows.strides[axis]! + extents[axis]! - spatial[axis]!));
    return { windows: { ...windows, pads: splitPads(totals, autoPad === "SAME_UPPER") }, out };
  }
  const pads = autoPad === "VALID" ? windows.pads.map(() => 0) : windows.pads;
  const out = spatial.map((size, axis) => {
    const [begin, end] = [pads[axis]!, pads[axis + spatial.length]!];
    const steps = (size + begin + end - extents[axis]!) / windows.strides[axis]!;
    const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    const lastStartsInEndPad = (count - 1) * windows.strides[axis]! >= size + begin;
    return ceil && lastStartsInEndPad ? count - 1 : count;
  });
  return { windows: { ...windows, pads }, out };
}

/**
 * Which element of a row-major array of dims `spatial` each tap of each window sees: [windows, taps] offsets, −1 in the padding.
 */
export function windowOffsets(spatial: readonly number[], windows: Windows, out: readonly number[]): Int32Array {
  const strides = rowMajorStrides(spatial);
  let offsets: Int32Array = Int32Array.of(0);
  let taps = 1;
  for (const [axis, size] of spatial.entries()) {
    const positions = axisPositions(windows, axis, out[axis]!, size);
    offsets = crossed(offsets, taps, positions, windows.kernel[axis]!, strides[axis]!);
    taps *= windows.kernel[axis]!;
  }
  return offsets;
}

/** Along one axis: the index that each tap of each window sees, −1 outside; [windows, taps]. */
function axisPositions(windows: Windows, axis: number, count: number, size: number): Int32Array {
  const kernel = windows.kernel[axis]!;
  const positions: Int32Array = new Int32Array(count * kernel);
  for (let i = 0; i < positions.length; i++) {
    const position = Math.floor(i / kernel) * windows.strides[axis]! + (i % kernel) * windows.dilations[axis]! - windows.pads[axis]!;
    positions[i] = position >= 0 && position < size ? position : -1;
  }
  return positions;
}

/** Adds one axis to both the windows and the taps of a table of offsets. */
function crossed(offsets: Int32Array, taps: number, positions: Int32Array, kernel: number, stride: number): Int32Array {
  const result: Int32Array = new Int32Array(offsets.length * positions.length);
  let at = 0;
  for (let window = 0; window < offsets.length; window += taps) {
    for (let position = 0; position < positions.length; position += kernel) {
      for (let tap = window; tap < window + taps; tap++) {
        for (let k = position; k < position + kernel; k++) {
          result[at++] = offsets[tap]! < 0 || positions[k]! < 0 ? -1 : offsets[tap]! + positions[k]! * stride;
        }
      }
    }
  }
  return result;
}
