/**
 * A value in terms of others, in a normal form: sums of terms, products of powers, functions and reductions. Two expressions that the laws built
 * in here make equal (sums and products in any order, exp of sums, logarithms of products, factors moved out of reductions) have equal keys, so
 * that a network's formula is recognised however an exporter spelled it. Constants count as equal where six digits agree.
 */
export type Expression = { readonly key: string } & (
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "leaf"; readonly name: string }
  | { readonly kind: "sum"; readonly constant: number; readonly terms: readonly Term[] }
  | { readonly kind: "product"; readonly coefficient: number; readonly factors: readonly Factor[] }
  | { readonly kind: "call"; readonly of: Expression; readonly name: string }
  | { readonly kind: "reduction"; readonly of: Expression; readonly name: Reduction; readonly axes: readonly number[] }
);

export type Reduction = "max" | "sum";

interface Term {
  readonly of: Expression;
  readonly coefficient: number;
}

interface Factor {
  readonly of: Expression;
  readonly exponent: number;
}

/** The same number everywhere. */
export function constant(value: number): Expression {
  return { kind: "constant", value, key: digits(value) };
}

/** A value that is not looked into. It may differ along every axis. */
export function leaf(name: string): Extract<Expression, { kind: "leaf" }> {
  return { kind: "leaf", name, key: JSON.stringify(name) };
}

export function sum(...parts: readonly Expression[]): Expression {
  const linear = parts.map(linearOf);
  const terms = new Map<string, Term>();
  for (const { of, coefficient } of linear.flatMap((part) => part.terms)) {
    terms.set(of.key, { of, coefficient: coefficient + (terms.get(of.key)?.coefficient ?? 0) });
  }
  return makeSum(
    linear.reduce((total, part) => total + part.constant, 0),
    [...terms.values()],
  );
}

export function product(...parts: readonly Expression[]): Expression {
  const monomials = parts.map(monomialOf);
  const factors = new Map<string, Factor>();
  for (const { of, exponent } of monomials.flatMap((part) => part.factors)) {
    factors.set(of.key, { of, exponent: exponent + (factors.get(of.key)?.exponent ?? 0) });
  }
  return makeProduct(
    monomials.reduce((total, part) => total * part.coefficient, 1),
    [...factors.values()],
  );
}

export function scale(of: Expression, factor: number): Expression {
  return product(constant(factor), of);
}

/** of^exponent. Fractions of what may be negative stay as they are. */
export function power(of: Expression, exponent: number): Expression {
  const { coefficient, factors } = monomialOf(of);
  if (!Number.isInteger(exponent) && !isPositive(of)) return call(`power ${digits(exponent)}`, of);
  return makeProduct(
    coefficient ** exponent,
    factors.map((factor) => ({ of: factor.of, exponent: factor.exponent * exponent })),
  );
}

/** exp(a + b) = exp(a) exp(b), exp(k log a) = aᵏ. */
export function exp(of: Expression): Expression {
  const { constant: offset, terms } = linearOf(of);
  const parts = terms.map((term) => power(isCall(term.of, "log") ? term.of.of : call("exp", term.of), term.coefficient));
  return product(constant(Math.exp(offset)), ...parts);
}

/** log(aᵏ b) = k log a + log b for positive a and b, log(exp(a)) = a. */
export function log(of: Expression): Expression {
  const { coefficient, factors } = monomialOf(of);
  if (!isPositive(of)) return call("log", of);
  const parts = factors.map((factor) => scale(isCall(factor.of, "exp") ? factor.of.of : call("log", factor.of), factor.exponent));
  return sum(constant(Math.log(coefficient)), ...parts);
}

/** A function that no law is known of. */
export function call(name: string, of: Expression): Expression {
  return { kind: "call", name, of, key: `${name}(${of.key})` };
}

/** Over axes of what is reduced, kept with size 1. Factors that are equal along these axes stand before a sum. */
export function reduction(name: Reduction, axes: readonly number[], of: Expression): Expression {
  const { coefficient, factors } = name === "sum" ? monomialOf(of) : { coefficient: 1, factors: [{ of, exponent: 1 }] };
  const inside = factors.filter((factor) => variesAlong(factor.of, axes));
  const outside = factors.filter((factor) => !inside.includes(factor));
  const reduced = makeProduct(1, inside);
  const sorted = axes.toSorted((a, b) => a - b);
  const rest: Expression = { kind: "reduction", name, axes: sorted, of: reduced, key: `${name}[${sorted.join()}](${reduced.key})` };
  return product(makeProduct(coefficient, outside), rest);
}

/** The sets of axes that are reduced in an expression. */
export function reducedAxes(expression: Expression): readonly (readonly number[])[] {
  switch (expression.kind) {
    case "sum":
      return expression.terms.flatMap(({ of }) => reducedAxes(of));
    case "product":
      return expression.factors.flatMap(({ of }) => reducedAxes(of));
    case "call":
      return reducedAxes(expression.of);
    case "reduction":
      return [expression.axes, ...reducedAxes(expression.of)];
    default:
      return [];
  }
}

function linearOf(expression: Expression): { readonly constant: number; readonly terms: readonly Term[] } {
  if (expression.kind === "constant") return { constant: expression.value, terms: [] };
  if (expression.kind === "sum") return expression;
  if (expression.kind !== "product") return { constant: 0, terms: [{ of: expression, coefficient: 1 }] };
  return { constant: 0, terms: [{ of: makeProduct(1, expression.factors), coefficient: expression.coefficient }] };
}

/** A sum is a factor up to its scale: its constant, or else its first coefficient, is 1 there. */
function monomialOf(expression: Expression): { readonly coefficient: number; readonly factors: readonly Factor[] } {
  if (expression.kind === "constant") return { coefficient: expression.value, factors: [] };
  if (expression.kind === "product") return expression;
  if (expression.kind !== "sum") return { coefficient: 1, factors: [{ of: expression, exponent: 1 }] };
  const coefficient = expression.constant === 0 ? (expression.terms[0] as Term).coefficient : expression.constant;
  return { coefficient, factors: [{ of: scaledSum(expression, 1 / coefficient), exponent: 1 }] };
}

function makeSum(offset: number, all: readonly Term[]): Expression {
  const terms = all.filter(({ coefficient }) => coefficient !== 0).toSorted((a, b) => (a.of.key < b.of.key ? -1 : 1));
  const [first, ...others] = terms;
  if (first === undefined) return constant(offset);
  if (offset === 0 && others.length === 0) return scale(first.of, first.coefficient);
  return {
    kind: "sum",
    constant: offset,
    terms,
    key: `(${[digits(offset), ...terms.map(({ of, coefficient }) => `${digits(coefficient)}·${of.key}`)].join(" + ")})`,
  };
}

function makeProduct(coefficient: number, all: readonly Factor[]): Expression {
  const factors = all.filter(({ exponent }) => exponent !== 0).toSorted((a, b) => (a.of.key < b.of.key ? -1 : 1));
  const [first, ...others] = factors;
  if (first === undefined || coefficient === 0) return constant(coefficient);
  if (others.length === 0 && first.exponent === 1) {
    if (coefficient === 1) return first.of;
    if (first.of.kind === "sum") return scaledSum(first.of, coefficient);
  }
  return {
    kind: "product",
    coefficient,
    factors,
    key: `(${[digits(coefficient), ...factors.map(({ of, exponent }) => `${of.key}^${digits(exponent)}`)].join(" ")})`,
  };
}

function scaledSum(of: Extract<Expression, { kind: "sum" }>, factor: number): Expression {
  return makeSum(
    of.constant * factor,
    of.terms.map((term) => ({ of: term.of, coefficient: term.coefficient * factor })),
  );
}

function isCall(expression: Expression, name: string): expression is Extract<Expression, { kind: "call" }> {
  return expression.kind === "call" && expression.name === name;
}

function isPositive(expression: Expression): boolean {
  switch (expression.kind) {
    case "constant":
      return expression.value > 0;
    case "sum":
      return expression.constant >= 0 && expression.terms.every(({ of, coefficient }) => coefficient > 0 && isPositive(of));
    case "product":
      return expression.coefficient > 0 && expression.factors.every(({ of }) => isPositive(of));
    case "call":
      return expression.name === "exp";
    case "reduction":
      return isPositive(expression.of);
    default:
      return false;
  }
}

function variesAlong(expression: Expression, axes: readonly number[]): boolean {
  switch (expression.kind) {
    case "constant":
      return false;
    case "leaf":
      return true;
    case "sum":
      return expression.terms.some(({ of }) => variesAlong(of, axes));
    case "product":
      return expression.factors.some(({ of }) => variesAlong(of, axes));
    case "call":
      return variesAlong(expression.of, axes);
    case "reduction": {
      const left = axes.filter((axis) => !expression.axes.includes(axis));
      return left.length > 0 && variesAlong(expression.of, left);
    }
  }
}

function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
