import type { Dim } from "../graphs/facts.ts";
import { addDims, floorDivideDim, multiplyDims } from "./dim-arithmetic.ts";
import { factorsOf, parsePolynomial, parseTerms } from "./polynomial.ts";

/**
 * A size with numbers put in for some symbols: a number once all are known. `{floor((H+1)/2)}` with H = 7 is 4.
 *
 * @param dim A size as inference writes it.
 * @param sizes Sizes by symbol; symbols that are left out stay.
 */
export function substituteDim(dim: Dim, sizes: Pick<ReadonlyMap<string, number>, "get">): Dim {
  if (dim === null || typeof dim === "number") return dim;
  if (!dim.startsWith("{")) return sizes.get(dim) ?? dim;
  return substituteTerms(parsePolynomial(dim) ?? new Map(), sizes);
}

function substituteTerms(terms: ReadonlyMap<string, number>, sizes: Pick<ReadonlyMap<string, number>, "get">): Dim {
  return [...terms].reduce<Dim>((sum, [monomial, coefficient]) => {
    const product = factorsOf(monomial).reduce<Dim>((rest, factor) => multiplyDims(rest, substituteFactor(factor, sizes)), coefficient);
    return addDims(sum, product);
  }, 0);
}

function substituteFactor(factor: string, sizes: Pick<ReadonlyMap<string, number>, "get">): Dim {
  const floor = /^floor\(\((.*)\)\/(\d+)\)$/.exec(factor);
  if (floor !== null) return floorDivideDim(substituteTerms(parseTerms(floor[1] as string), sizes), Number(floor[2]));
  const name = factor.replaceAll("'", "");
  return sizes.get(name) ?? name;
}
