import type { Dim } from "../graphs/facts.ts";
import { type Polynomial, dividePolynomials, formatPolynomial, formatTerms, multiplyPolynomials, parsePolynomial, sumPolynomials } from "./polynomial.ts";

/** Products of two sums have at most as many terms. */
const MAX_TERMS = 64;

/** Characters of an expression. Files can make sizes that double their expression with every node. */
const MAX_LENGTH = 1000;

/** a + b; null where it cannot be said. */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return safe(a, b, a + b);
  return combine(a, b, (left, right) => sumPolynomials([left, right]));
}

/** a − b. */
export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(b, -1));
}

/** a · b. Zero times anything is zero. */
export function multiplyDims(a: Dim, b: Dim): Dim {
  if (a === 0 || b === 0) return 0;
  if (typeof a === "number" && typeof b === "number") return safe(a, b, a * b);
  return combine(a, b, (left, right) => (left.size * right.size > MAX_TERMS ? null : multiplyPolynomials(left, right)));
}

/** The product of all; 1 for none. */
export function productOfDims(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(multiplyDims, 1);
}

/** The sum of all; 0 for none. */
export function sumOfDims(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(addDims, 0);
}

/** a / b where that is a whole number for all values of the symbols; null otherwise. */
export function divideDimsExactly(a: Dim, b: Dim): Dim {
  return combine(a, b, dividePolynomials);
}

/**
 * ⌊a / divisor⌋. Whole parts are moved out of the floor, so that ⌊(H − 1) / 2⌋ + 1 and ⌊(H + 1) / 2⌋ get the same name.
 */
export function floorDivideDim(a: Dim, divisor: number): Dim {
  if (a === null || !Number.isSafeInteger(divisor) || divisor <= 0) return null;
  if (typeof a === "number") return Math.floor(a / divisor);
  const terms = parsePolynomial(a);
  if (terms === null) return null;
  const whole = new Map<string, number>();
  const rest = new Map<string, number>();
  for (const [monomial, coefficient] of terms) {
    whole.set(monomial, Math.floor(coefficient / divisor));
    rest.set(monomial, coefficient - Math.floor(coefficient / divisor) * divisor);
  }
  return named(formatPolynomial(sumPolynomials([whole, flooredRest(rest, divisor)])));
}

function flooredRest(rest: Polynomial, divisor: number): Polynomial {
  const symbolic = [...rest].some(([monomial, coefficient]) => monomial !== "" && coefficient !== 0);
  return symbolic ? new Map([[`floor((${formatTerms(rest)})/${divisor})`, 1]]) : new Map();
}

/** ⌈a / divisor⌉. */
export function ceilDivideDim(a: Dim, divisor: number): Dim {
  return floorDivideDim(addDims(a, divisor - 1), divisor);
}

/** True where every term of an expression is at least 0, given that sizes are. */
export function isNeverNegative(dim: Dim): boolean {
  if (dim === null) return false;
  const polynomial = parsePolynomial(dim);
  return polynomial !== null && [...polynomial.values()].every((coefficient) => coefficient >= 0);
}

function combine(a: Dim, b: Dim, operation: (left: Polynomial, right: Polynomial) => Polynomial | null): Dim {
  if (a === null || b === null) return null;
  const left = parsePolynomial(a);
  const right = parsePolynomial(b);
  if (left === null || right === null) return null;
  const result = operation(left, right);
  return result === null || [...result.values()].some((coefficient) => !Number.isSafeInteger(coefficient)) ? null : named(formatPolynomial(result));
}

function safe(a: number, b: number, result: number): Dim {
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(result) ? result : null;
}

/** A size as an expression, unless that has grown so long that a name of its own says as much. */
function named(dim: number | string): Dim {
  return typeof dim === "string" && dim.length > MAX_LENGTH && dim.startsWith("{") ? null : dim;
}
