import { normalizeAxis } from "../../arrays/axes.ts";
import { broadcastTo } from "../../arrays/broadcast.ts";
import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

interface Standardized {
  readonly data: Float64Array;
  /** One per block. */
  readonly means: Float64Array;
  /** 1 / √(variance + ε), one per block. */
  readonly inverseDeviations: Float64Array;
}

/** (x − mean) / √(variance + ε) within each contiguous block of `size` elements; without the mean for root mean squares. */
export function standardizedBlocks(x: Float64Array, size: number, epsilon: number, centered = true): Standardized {
  const count = size === 0 ? 0 : x.length / size;
  const data = new Float64Array(x.length);
  const means = new Float64Array(count);
  const inverseDeviations = new Float64Array(count);
  for (let b = 0; b < count; b++) {
    const block = x.subarray(b * size, (b + 1) * size);
    const mean = centered ? block.reduce((sum, element) => sum + element, 0) / size : 0;
    const variance = block.reduce((sum, element) => sum + (element - mean) ** 2, 0) / size;
    means[b] = mean;
    inverseDeviations[b] = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < size; i++) data[b * size + i] = (block[i]! - mean) * inverseDeviations[b]!;
  }
  return { data, means, inverseDeviations };
}

/** y · scale + bias, both of dims that broadcast to y's. */
export function scaledAndShifted(y: Value64, scale: Value64 | undefined, bias: Value64 | undefined): Value64 {
  const factors = scale === undefined ? undefined : broadcastTo(scale, y.dims);
  const shifts = bias === undefined ? undefined : broadcastTo(bias, y.dims);
  return value64(
    y.type,
    y.dims,
    y.data.map((element, i) => element * (factors?.[i] ?? 1) + (shifts?.[i] ?? 0)),
  );
}

/** A value per channel with axes added to broadcast along a value of `rank` axes, channels second. */
export function perChannel(value: Value64, rank: number): Value64 {
  return value64(value.type, [value.data.length, ...Array.from({ length: Math.max(0, rank - 2) }, () => 1)], value.data);
}

function layerNormalization(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.attributes.int("axis", -1), x.dims.length);
  const blocks = standardizedBlocks(x.data, sizeOf(x.dims.slice(axis)), call.float("epsilon", 1e-5));
  const y = scaledAndShifted(value64(x.type, x.dims, blocks.data), call.input(1), call.optional(2));
  const outer = x.dims.map((dim, i) => (i < axis ? dim : 1));
  return [y, value64(x.type, outer, blocks.means), value64(x.type, outer, blocks.inverseDeviations)];
}

/** x / √(mean(x²) + ε) · scale, with 1 / √(…) as second output. */
function rmsNormalization(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.attributes.int("axis", -1), x.dims.length);
  const blocks = standardizedBlocks(x.data, sizeOf(x.dims.slice(axis)), call.float("epsilon", 1e-5), false);
  const y = scaledAndShifted(value64(x.type, x.dims, blocks.data), call.input(1), undefined);
  return [
    y,
    value64(
      x.type,
      x.dims.map((dim, i) => (i < axis ? dim : 1)),
      blocks.inverseDeviations,
    ),
  ];
}

function instanceNormalization(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const { data } = standardizedBlocks(x.data, sizeOf(x.dims.slice(2)), call.float("epsilon", 1e-5));
  const y = value64(x.type, x.dims, data);
  return [scaledAndShifted(y, perChannel(call.input(1), x.dims.length), perChannel(call.input(2), x.dims.length))];
}

/** Scale and bias have one entry per channel since opset 21, one per group before. */
function groupNormalization(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const groups = call.attributes.int("num_groups", 1);
  const channels = x.dims[1]!;
  const { data } = standardizedBlocks(x.data, (channels / groups) * sizeOf(x.dims.slice(2)), call.float("epsilon", 1e-5));
  const spread = (value: Value64): Value64 => {
    const share = channels / value.data.length;
    return perChannel(
      value64(
        value.type,
        [channels],
        Array.from({ length: channels }, (_, c) => value.data[Math.floor(c / share)]!),
      ),
      x.dims.length,
    );
  };
  return [scaledAndShifted(value64(x.type, x.dims, data), spread(call.input(1)), spread(call.input(2)))];
}

/** Normalization within blocks of one sample. */
export const normalizationOperators: OperatorTable = {
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  "com.microsoft.SimplifiedLayerNormalization": rmsNormalization,
};
