import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { cubicKernel, linearKernel } from "../../math/interpolation-kernel.ts";
import { rowMajorStrides } from "../../arrays/strides.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { roundHalfEven } from "../../math/round-half-even.ts";

/** The `a` of the cubic kernel is fixed for this operator. */
const CUBIC_A = -0.75;

/** Reads the input at the positions that the grid gives, [-1, 1] along each spatial axis, last axis first. */
function gridSample(call: OperatorCall): readonly Value64[] {
  const [x, grid] = [call.input(0), call.input(1)];
  const spatial = x.dims.slice(2);
  const [batch, channels, rank, inSize] = [x.dims[0]!, x.dims[1]!, spatial.length, sizeOf(spatial)];
  const out = grid.dims.slice(1, -1);
  const outSize = sizeOf(out);
  const y = value64(x.type, [batch, channels, ...out]);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outSize; i++) {
      const point = spatial.map((size, axis) => position(call, grid.data[(n * outSize + i) * rank + rank - 1 - axis]!, size));
      const { offsets, weights } = samples(call, point, spatial);
      for (let c = 0; c < channels; c++) {
        const plane = (n * channels + c) * inSize;
        let sum = 0;
        for (let k = 0; k < weights.length; k++) if (offsets[k]! >= 0) sum += weights[k]! * x.data[plane + offsets[k]!]!;
        y.data[(n * channels + c) * outSize + i] = sum;
      }
    }
  }
  return [y];
}

/** A grid coordinate as a position among the elements of an axis. */
function position(call: OperatorCall, coordinate: number, size: number): number {
  return call.flag("align_corners") ? ((coordinate + 1) / 2) * (size - 1) : ((coordinate + 1) * size - 1) / 2;
}

/** The elements around a point and their weights: the products of the weights along each axis. Offset −1 is a zero of the padding. */
function samples(call: OperatorCall, point: readonly number[], spatial: readonly number[]): { offsets: number[]; weights: number[] } {
  const strides = rowMajorStrides(spatial);
  let offsets = [0];
  let weights = [1];
  for (const [axis, at] of point.entries()) {
    const taps = axisTaps(call, at, spatial[axis]!);
    const crossed = offsets.flatMap((offset) => taps.map(([index]) => (offset < 0 || index < 0 ? -1 : offset + index * strides[axis]!)));
    weights = weights.flatMap((weight) => taps.map(([, factor]) => weight * factor));
    offsets = crossed;
  }
  return { offsets, weights };
}

/** Indices and weights along one axis, with the padding applied: −1 for zeros. */
function axisTaps(call: OperatorCall, at: number, size: number): (readonly [number, number])[] {
  const mode = call.attributes.string("mode", "linear");
  const cubic = mode === "cubic" || mode === "bicubic";
  const center = cubic ? at : padded(call, at, size);
  if (mode === "nearest") return [[bounded(call, roundHalfEven(center), size), 1]];
  const first = Math.floor(center) - (cubic ? 1 : 0);
  const kernel = cubic ? cubicKernel(CUBIC_A) : linearKernel;
  return Array.from(
    { length: cubic ? 4 : 2 },
    (_, k) => [bounded(call, cubic ? padded(call, first + k, size) : first + k, size), kernel(first + k - center)] as const,
  );
}

/** Moves a position into the input for border and reflection; zeros leave it where it is. */
function padded(call: OperatorCall, at: number, size: number): number {
  switch (call.attributes.string("padding_mode", "zeros")) {
    case "border":
      return Math.min(Math.max(at, 0), size - 1);
    case "reflection":
      return call.flag("align_corners") ? reflected(at, 0, size - 1) : Math.min(Math.max(reflected(at, -0.5, size - 0.5), 0), size - 1);
    default:
      return at;
  }
}

function reflected(at: number, low: number, high: number): number {
  const length = high - low;
  if (length === 0) return low;
  const distance = Math.abs(at - low) % (2 * length);
  return low + (distance <= length ? distance : 2 * length - distance);
}

function bounded(call: OperatorCall, index: number, size: number): number {
  if (index >= 0 && index < size) return index;
  return call.attributes.string("padding_mode", "zeros") === "zeros" ? -1 : Math.min(Math.max(index, 0), size - 1);
}

/** Sampling at computed positions. */
export const gridSampleOperators: OperatorTable = { GridSample: gridSample };
