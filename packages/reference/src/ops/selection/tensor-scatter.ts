import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** Writes an update into a cache, each sample of the batch from an index of its own on, around the end where the mode is circular. */
function tensorScatter(call: OperatorCall): readonly Value64[] {
  const [cache, update, starts] = [call.input(0), call.input(1), call.optional(2)];
  const axis = normalizeAxis(call.attributes.int("axis", -2), cache.dims.length);
  const { outer, size, inner } = axisView(cache.dims, axis);
  const length = update.dims[axis]!;
  const circular = call.attributes.string("mode", "linear") === "circular";
  const data = cache.data.slice();
  for (let o = 0; o < outer; o++) {
    const start = starts?.data[Math.floor((o * cache.dims[0]!) / outer)] ?? 0;
    for (let i = 0; i < length; i++) {
      const at = circular ? (start + i) % size : start + i;
      data.set(update.data.subarray((o * length + i) * inner, (o * length + i + 1) * inner), (o * size + at) * inner);
    }
  }
  return [value64(cache.type, cache.dims, data)];
}

/** Caches of keys and values. */
export const tensorScatterOperators: OperatorTable = { TensorScatter: tensorScatter };
