import { isFloatType } from "@xdeep/onnx";
import { type Value64, value64 } from "./arrays/value64.ts";

/** A function of several values, such as a graph with its inputs in a fixed order. */
export type Function64 = (inputs: readonly Value64[]) => readonly Value64[];

/** Central differences of this step have a relative error near 1e-10 where the function is smooth and its numbers are near 1. */
export const DEFAULT_STEP = 1e-5;

/** Σ ⟨a, b⟩ over the pairs whose first member is not null. */
export function innerProduct(a: readonly (Value64 | null)[], b: readonly Value64[]): number {
  let total = 0;
  for (const [i, factors] of a.entries()) {
    for (const [j, x] of (factors?.data ?? new Float64Array()).entries()) total += x * b[i]!.data[j]!;
  }
  return total;
}

/** inputs + distance · direction; a direction of null leaves an input as it is. */
export function moved(inputs: readonly Value64[], directions: readonly (Value64 | null)[], distance: number): Value64[] {
  return inputs.map((input, i) => {
    const direction = directions[i];
    return direction
      ? value64(
          input.type,
          input.dims,
          input.data.map((x, j) => x + distance * direction.data[j]!),
        )
      : input;
  });
}

/**
 * Jᵀȳ by central differences, one pair of runs per element: (⟨ȳ, f(x + εe)⟩ − ⟨ȳ, f(x − εe)⟩) / 2ε. Null for inputs of integers and booleans.
 */
export function numericalVjp(
  f: Function64,
  inputs: readonly Value64[],
  cotangents: readonly (Value64 | null)[],
  step: number = DEFAULT_STEP,
): (Value64 | null)[] {
  const score = (changed: readonly Value64[]): number => innerProduct(cotangents, f(changed));
  return inputs.map((input, index) => {
    if (!isFloatType(input.type)) return null;
    const at = (data: Float64Array): Value64[] => inputs.map((other, i) => (i === index ? value64(input.type, input.dims, data) : other));
    const gradient = input.data.map((x, j) => {
      const [above, below] = [x + step, x - step];
      return (score(at(input.data.with(j, above))) - score(at(input.data.with(j, below)))) / (above - below);
    });
    return value64(input.type, input.dims, gradient);
  });
}
