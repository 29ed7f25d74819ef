import { isFloatType } from "@xdeep/onnx";
import { DEFAULT_STEP, type Function64, innerProduct, moved, numericalVjp } from "./numerical-vjp.ts";
import { randomValue } from "./math/random-value.ts";
import type { Value64 } from "./arrays/value64.ts";

/** A vector-Jacobian product to be checked, at one point. */
export interface VjpCheck {
  /** What is checked, for messages: the operator and its variant. */
  readonly name: string;
  /** The function itself, y = f(x), run in float64. */
  readonly forward: Function64;
  /** x̄ = Jᵀȳ, one entry per input; null where an input has no cotangent. */
  readonly vjp: (inputs: readonly Value64[], cotangents: readonly Value64[]) => readonly (Value64 | null)[];
  /** The point. Keep it away from kinks by more than the step. */
  readonly inputs: readonly Value64[];
  /** Of the random cotangents and directions; default 1. */
  readonly seed?: number;
  /** ε of the central differences; default 1e-5. */
  readonly step?: number;
  /** Largest |expected − actual| relative to 1 + |expected|; default 1e-7. */
  readonly tolerance?: number;
  /** Every element is checked when the inputs have at most this many together; default 200. Beyond, random projections alone. */
  readonly fullUpTo?: number;
}

const PROJECTIONS = 3;
const DEFAULT_TOLERANCE = 1e-7;
const DEFAULT_FULL = 200;

/**
 * Compares a vector-Jacobian product with central differences of the function: ⟨u, x̄⟩ with ⟨ȳ, f(x + εu) − f(x − εu)⟩ / 2ε for random
 * directions u and random cotangents ȳ, and for small inputs x̄ with the full product, element by element.
 *
 * @throws {Error} with the name, input, seed, worst index, expected and actual number of the first disagreement; when an input of floats gets
 * no cotangent although the function depends on it; and when dims differ.
 */
export function checkVjp(check: VjpCheck): void {
  const { inputs, forward, vjp, seed = 1 } = check;
  const cotangents = forward(inputs).map((output, i) => (isFloatType(output.type) ? randomValue(seed + i, output.dims, { type: output.type }) : output));
  const active = cotangents.map((cotangent) => (isFloatType(cotangent.type) ? cotangent : null));
  const actual = vjp(inputs, cotangents);
  checkDims(check, actual);
  const size = inputs.reduce((total, input) => total + (isFloatType(input.type) ? input.data.length : 0), 0);
  if (size <= (check.fullUpTo ?? DEFAULT_FULL)) checkElements(check, actual, numericalVjp(forward, inputs, active, check.step));
  for (let i = 0; i < PROJECTIONS; i++) checkProjection(check, actual, active, seed + 1000 * (i + 1));
}

function checkDims(check: VjpCheck, actual: readonly (Value64 | null)[]): void {
  if (actual.length !== check.inputs.length) fail(check, `${actual.length} cotangents for ${check.inputs.length} inputs`);
  for (const [i, input] of check.inputs.entries()) {
    const dims = actual[i]?.dims;
    if (dims !== undefined && String(dims) !== String(input.dims)) fail(check, `input ${i}: the cotangent has dims [${dims}], the input [${input.dims}]`);
  }
}

function checkElements(check: VjpCheck, actual: readonly (Value64 | null)[], expected: readonly (Value64 | null)[]): void {
  for (const [i, want] of expected.entries()) {
    if (want === null) continue;
    const got = actual[i]?.data ?? new Float64Array(want.data.length);
    const errors = want.data.map((element, j) => relativeError(element, got[j]!));
    const worst = errors.indexOf(errors.reduce((a, b) => Math.max(a, b), 0));
    if (worst >= 0 && errors[worst]! > tolerance(check))
      fail(check, `input ${i}, index ${worst}: expected ${want.data[worst]}, actual ${got[worst]}${actual[i] ? "" : " (no cotangent)"}`);
  }
}

function checkProjection(check: VjpCheck, actual: readonly (Value64 | null)[], cotangents: readonly (Value64 | null)[], seed: number): void {
  const { inputs, forward, step = DEFAULT_STEP } = check;
  const directions = inputs.map((input, i) => (isFloatType(input.type) ? randomValue(seed + i, input.dims, { type: input.type }) : null));
  const difference = innerProduct(cotangents, forward(moved(inputs, directions, step))) - innerProduct(cotangents, forward(moved(inputs, directions, -step)));
  const expected = difference / (2 * step);
  const product = directions.reduce((total, direction, i) => total + (direction === null ? 0 : innerProduct([actual[i] ?? null], [direction])), 0);
  const size = Math.sqrt(actual.reduce((total, value) => total + (value === null ? 0 : innerProduct([value], [value])), 0));
  const error = Math.abs(expected - product) / (1 + Math.max(Math.abs(expected), size));
  if (!(error <= tolerance(check))) fail(check, `projection with seed ${seed}: expected ${expected}, actual ${product}`);
}

/** |expected − actual| / (1 + |expected|); infinite unless both are numbers. */
function relativeError(expected: number, actual: number): number {
  const error = Math.abs(expected - actual) / (1 + Math.abs(expected));
  return Number.isNaN(error) ? Infinity : error;
}

function tolerance(check: VjpCheck): number {
  return check.tolerance ?? DEFAULT_TOLERANCE;
}

function fail(check: VjpCheck, problem: string): never {
  throw new Error(`The vjp of ${check.name} (seed ${check.seed ?? 1}) is wrong. ${problem}`);
}
