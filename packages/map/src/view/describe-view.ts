import type { AttributionView } from "./attribution-view.ts";
import { formatShare } from "./format-value.ts";
import { byStrength, cellFacts, placeShares, totalOf } from "../values/place-shares.ts";

/** What a map shows, in a sentence: the text alternative. `names` are those of words or features. */
export function describeView({ kind, signed, unsigned }: AttributionView, names: readonly string[]): string {
  if (totalOf(unsigned) === 0) return "Nothing: every value is 0.";
  if (kind === "picture") {
    const [first, ...others] = placeShares(unsigned).slice(0, 3);
    const rest = others.map(({ name, share }) => `${name} ${formatShare(share)}`).join(", ");
    return `Most at the ${first!.name}, ${formatShare(first!.share)} of the total${rest === "" ? "" : `; then ${rest}`}. ${describeSigns(signed.data)}`;
  }
  const strongest = byStrength(signed, 3).map((at) => {
    const { value, share } = cellFacts(signed, at);
    return `${nameOf(names, at)} ${value < 0 ? "against" : "for"}, ${formatShare(share)}`;
  });
  return `Strongest: ${strongest.join("; ")} of the total.`;
}

/** The name of a word or a feature, or its number where it has none. */
export function nameOf(names: readonly string[], at: number): string {
  return names[at] ?? String(at);
}

function describeSigns(values: Float64Array): string {
  let positive = 0;
  let negative = 0;
  for (const value of values) {
    if (value > 0) positive += value;
    else negative -= value;
  }
  if (negative === 0) return "Nothing speaks against the target.";
  return `${formatShare(positive / (positive + negative))} speaks for the target, ${formatShare(negative / (positive + negative))} against it.`;
}
