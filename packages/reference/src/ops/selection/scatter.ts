import { sizeOf } from "@xdeep/core";
import { normalizeAxis } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { elementOffsets, tupleOffsets } from "../../arrays/index-offsets.ts";

const REDUCTIONS: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

function reductionOf(call: OperatorCall): (old: number, update: number) => number {
  const name = call.attributes.string("reduction", "none");
  const reduction = REDUCTIONS[name];
  if (reduction === undefined) throw call.unsupported(`the reduction "${name}"`);
  return reduction;
}

function scatterElements(call: OperatorCall): readonly Value64[] {
  const [x, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  const axis = normalizeAxis(call.attributes.int("axis", 0), x.dims.length);
  const reduction = reductionOf(call);
  const y = value64(x.type, x.dims, x.data.slice());
  for (const [i, offset] of elementOffsets(x.dims, indices, axis).entries()) y.data[offset] = reduction(y.data[offset]!, updates.data[i]!);
  return [y];
}

function scatterNd(call: OperatorCall): readonly Value64[] {
  const [x, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  const sliceSize = sizeOf(x.dims.slice(indices.dims.at(-1)!));
  const reduction = reductionOf(call);
  const y = value64(x.type, x.dims, x.data.slice());
  for (const [t, start] of tupleOffsets(x.dims, indices).entries()) {
    for (let i = 0; i < sliceSize; i++) y.data[start + i] = reduction(y.data[start + i]!, updates.data[t * sliceSize + i]!);
  }
  return [y];
}

/** Writing at indices, in order, so that of equal indices the last one wins where nothing is reduced. */
export const scatterOperators: OperatorTable = { Scatter: scatterElements, ScatterElements: scatterElements, ScatterND: scatterNd };
