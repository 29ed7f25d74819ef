import { type FloatTensor, float32, sizeOf } from "@xdeep/core";

/** The same numbers with the axes in another order: axis i of the result is axis `axes[i]` of the tensor. */
export function transpose({ dims, data }: FloatTensor, axes: readonly number[]): FloatTensor {
  const result = float32(axes.map((axis) => dims[axis]!));
  const steps = axes.map((axis) => sizeOf(dims.slice(axis + 1)));
  for (let at = 0; at < result.data.length; at++) {
    let [rest, from] = [at, 0];
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const size = result.dims[axis]!;
      from += (rest % size) * steps[axis]!;
      rest = Math.floor(rest / size);
    }
    result.data[at] = data[from]!;
  }
  return result;
}
