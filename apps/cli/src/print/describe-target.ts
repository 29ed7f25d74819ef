import type { Target, Term } from "@xdeep/core";

/** As `--target` takes it: 281; 3,10,20; *,16 for the highest along an axis; 281 - 285 for a weighted sum. */
export function describeTarget(target: Target): string {
  if (typeof target === "number") return String(target);
  if ("index" in target) return describeIndex(target.index);
  if ("max" in target) return target.max.map((entry) => entry ?? "*").join(",");
  return describeSum(target.terms, ({ index }) => describeIndex(index));
}

/** A weighted sum, with a name for each entry. */
export function describeSum(terms: readonly Term[], nameOf: (term: Term) => string): string {
  return terms
    .map((term, n) => {
      const sign = term.weight < 0 ? "-" : "+";
      const size = Math.abs(term.weight);
      return `${n === 0 ? (sign === "-" ? "-" : "") : ` ${sign} `}${size === 1 ? "" : `${size} * `}${nameOf(term)}`;
    })
    .join("");
}

function describeIndex(index: number | readonly number[]): string {
  return typeof index === "number" ? String(index) : index.join(",");
}
