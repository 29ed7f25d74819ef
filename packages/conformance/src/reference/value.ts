/** One row's value in double precision, without the batch axis; images [C, H, W], row-major. */
export interface Value {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}
