/**
 * A size as a polynomial of symbols: monomial ("H*W", "" for the constant) to coefficient. Symbols within a monomial are sorted,
 * so that equal polynomials print alike, and equal names stay equal sizes.
 */
export type Polynomial = ReadonlyMap<string, number>;

const PLAIN_NAME = /^[A-Za-z_/][\w./:]*$/;

/** Reads a size: a number, a symbol, or an expression in braces that `formatPolynomial` wrote. Null for a name that cannot be part of an expression. */
export function parsePolynomial(dim: number | string): Polynomial | null {
  if (typeof dim === "number") return Number.isSafeInteger(dim) ? new Map([["", dim]]) : null;
  if (!dim.startsWith("{")) return dim.includes("'") || dim === "" ? null : new Map([[PLAIN_NAME.test(dim) ? dim : `'${dim}'`, 1]]);
  return parseTerms(dim.slice(1, -1));
}

/** Reads what `formatTerms` wrote. */
export function parseTerms(text: string): Polynomial {
  return sumPolynomials(splitOutside(text, "+-").map(parseTerm));
}

/** A number for a constant, the bare name for a lone symbol, an expression in braces otherwise. */
export function formatPolynomial(polynomial: Polynomial): number | string {
  const terms = [...polynomial].filter(([, coefficient]) => coefficient !== 0);
  if (terms.length === 0) return 0;
  const [first] = terms as [[string, number]];
  if (terms.length === 1 && first[0] === "") return first[1];
  if (terms.length === 1 && first[1] === 1 && isLoneSymbol(first[0])) return first[0].replaceAll("'", "");
  return `{${formatTerms(terms)}}`;
}

/** The same polynomial without braces, as it stands inside `floor(...)`. */
export function formatTerms(terms: Iterable<readonly [string, number]>): string {
  // The constant comes last, symbols in order of their names.
  const ordered = [...terms].filter(([, coefficient]) => coefficient !== 0).toSorted(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1));
  return ordered
    .map(([monomial, coefficient], index) => {
      const sign = coefficient < 0 ? "-" : index === 0 ? "" : "+";
      const size = Math.abs(coefficient);
      if (monomial === "") return `${sign}${size}`;
      return size === 1 ? `${sign}${monomial}` : `${sign}${size}*${monomial}`;
    })
    .join("");
}

/** Σ of polynomials. */
export function sumPolynomials(polynomials: readonly Polynomial[]): Polynomial {
  const sum = new Map<string, number>();
  for (const polynomial of polynomials) {
    for (const [monomial, coefficient] of polynomial) sum.set(monomial, (sum.get(monomial) ?? 0) + coefficient);
  }
  return sum;
}

/** Product of two polynomials. */
export function multiplyPolynomials(a: Polynomial, b: Polynomial): Polynomial {
  const products = [...a].flatMap(([left, x]) => [...b].map(([right, y]) => new Map([[joinFactors([...factorsOf(left), ...factorsOf(right)]), x * y]])));
  return sumPolynomials(products);
}

/** a / b where b is one monomial that divides every term of a; null otherwise. */
export function dividePolynomials(a: Polynomial, b: Polynomial): Polynomial | null {
  const divisors = [...b].filter(([, coefficient]) => coefficient !== 0);
  const [divisor] = divisors;
  if (divisor === undefined || divisors.length > 1) return null;
  const quotient = new Map<string, number>();
  for (const [monomial, coefficient] of a) {
    const rest = withoutFactors(factorsOf(monomial), factorsOf(divisor[0]));
    if (rest === null || coefficient % divisor[1] !== 0) return coefficient === 0 ? quotient : null;
    quotient.set(joinFactors(rest), coefficient / divisor[1]);
  }
  return quotient;
}

function withoutFactors(factors: readonly string[], divisor: readonly string[]): readonly string[] | null {
  const rest = [...factors];
  for (const factor of divisor) {
    const at = rest.indexOf(factor);
    if (at < 0) return null;
    rest.splice(at, 1);
  }
  return rest;
}

function isLoneSymbol(monomial: string): boolean {
  return factorsOf(monomial).length === 1 && !monomial.startsWith("floor(");
}

/** The symbols and floors that a monomial multiplies. */
export function factorsOf(monomial: string): readonly string[] {
  return monomial === "" ? [] : splitOutside(monomial, "*");
}

function joinFactors(factors: readonly string[]): string {
  return factors.toSorted().join("*");
}

function parseTerm(term: string): Polynomial {
  const negative = term.startsWith("-");
  const factors = splitOutside(term.replace(/^[+-]/, ""), "*");
  const coefficient = factors.filter(isNumeral).reduce((product, factor) => product * Number(factor), negative ? -1 : 1);
  return new Map([[joinFactors(factors.filter((factor) => !isNumeral(factor))), coefficient]]);
}

function isNumeral(factor: string): boolean {
  return /^\d+$/.test(factor);
}

/** Splits where one of `separators` stands outside parentheses and quotes; "+" and "-" stay with the part they begin. */
function splitOutside(text: string, separators: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (const [index, char] of [...text].entries()) {
    if (char === "'") quoted = !quoted;
    else if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    if (quoted || depth > 0 || index === 0 || !separators.includes(char)) continue;
    parts.push(text.slice(start, index));
    start = char === "*" ? index + 1 : index;
  }
  return [...parts, text.slice(start)];
}
