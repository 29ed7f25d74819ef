import { normalizeAxis } from "../../arrays/axes.ts";
import { concatenated, sliced } from "../../arrays/axis-parts.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import type { Value64 } from "../../arrays/value64.ts";

function concat(call: OperatorCall): readonly Value64[] {
  const values = call.everyInput();
  return [concatenated(values, normalizeAxis(call.attributes.int("axis", 0), values[0]!.dims.length))];
}

function split(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.attributes.int("axis", 0), x.dims.length);
  const size = x.dims[axis]!;
  const sizes = call.integers(1) ?? evenSizes(size, call.attributes.int("num_outputs", call.node.output.length));
  let start = 0;
  return sizes.map((part) => sliced(x, axis, start, (start += part)));
}

/** Equal parts; the last one is smaller where they do not fit. */
function evenSizes(size: number, count: number): number[] {
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.min(part, size - i * part));
}

/** Joining and splitting along an axis. */
export const concatOperators: OperatorTable = { Concat: concat, Split: split };
