import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

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

/** Indices as unit vectors. */
export const oneHotOperators: OperatorTable = { OneHot: oneHot };
