import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import { integerRange } from "../../arrays/element-type.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { roundHalfEven } from "../../math/round-half-even.ts";

/** Which entry of the scale belongs to each element: one for all, one per index of an axis, or one per block along it. */
function scaleIndices(call: OperatorCall, x: Value64, scale: Value64): (i: number) => number {
  if (scale.data.length === 1) return () => 0;
  const { size, inner } = axisView(x.dims, normalizeAxis(call.attributes.int("axis", 1), x.dims.length));
  const block = call.attributes.int("block_size", 0);
  if (block === 0) return (i) => Math.floor(i / inner) % size;
  const blocks = Math.ceil(size / block);
  return (i) => (Math.floor(i / (inner * size)) * blocks + Math.floor((Math.floor(i / inner) % size) / block)) * inner + (i % inner);
}

/** saturate(round(x / scale) + zero point). */
function quantizeLinear(call: OperatorCall): readonly Value64[] {
  const [x, scale, zero] = [call.input(0), call.input(1), call.optional(2)];
  const type = zero?.type ?? call.elementType("output_dtype") ?? "uint8";
  const [low, high] = integerRange(type);
  const at = scaleIndices(call, x, scale);
  const quantized = x.data.map((element, i) => Math.min(Math.max(roundHalfEven(element / scale.data[at(i)]!) + (zero?.data[at(i)] ?? 0), low), high));
  return [value64(type, x.dims, quantized)];
}

/** (x − zero point) · scale. */
function dequantizeLinear(call: OperatorCall): readonly Value64[] {
  const [x, scale, zero] = [call.input(0), call.input(1), call.optional(2)];
  const at = scaleIndices(call, x, scale);
  return [
    value64(
      call.elementType("output_dtype") ?? scale.type,
      x.dims,
      x.data.map((element, i) => (element - (zero?.data[at(i)] ?? 0)) * scale.data[at(i)]!),
    ),
  ];
}

/** Numbers as integers of a scale. */
export const quantizeOperators: OperatorTable = { DequantizeLinear: dequantizeLinear, QuantizeLinear: quantizeLinear };
