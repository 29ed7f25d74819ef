/** Distance in elements between neighbours along each axis of a row-major array. */
export function rowMajorStrides(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * dims[axis + 1]!;
  return strides;
}

/**
 * The offset of each element of a strided view, in row-major order of `dims`: start + Σ indexᵢ · stridesᵢ.
 *
 * A stride of 0 repeats (broadcasting), a negative one walks backwards.
 */
export function stridedOffsets(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let offsets: Int32Array = Int32Array.of(start);
  for (const [axis, dim] of dims.entries()) {
    const longer: Int32Array = new Int32Array(offsets.length * dim);
    const stride = strides[axis]!;
    let at = 0;
    for (const offset of offsets) {
      for (let i = 0; i < dim; i++) longer[at++] = offset + i * stride;
    }
    offsets = longer;
  }
  return offsets;
}

/** The elements of `source` at `offsets`. */
export function gatherAt(source: Float64Array, offsets: Int32Array): Float64Array {
  const data = new Float64Array(offsets.length);
  for (let i = 0; i < data.length; i++) data[i] = source[offsets[i]!]!;
  return data;
}
