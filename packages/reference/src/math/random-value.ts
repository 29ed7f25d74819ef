import { type DataType, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type Value64, value64 } from "../arrays/value64.ts";

export interface RandomValueOptions {
  /** Default "float32". */
  readonly type?: DataType;
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation; default 1. */
  readonly scale?: number;
}

/** Seeded normal numbers. The same seed and dims give the same elements. */
export function randomValue(seed: number, dims: readonly number[], { type = "float32", mean = 0, scale = 1 }: RandomValueOptions = {}): Value64 {
  return value64(
    type,
    dims,
    createNoise(seed)
      .next(sizeOf(dims))
      .map((x) => mean + scale * x),
  );
}
