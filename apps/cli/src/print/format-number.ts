const PRECISE = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5, useGrouping: false });
const SCIENTIFIC = new Intl.NumberFormat("en-US", { notation: "scientific", maximumSignificantDigits: 4 });
const PERCENT = new Intl.NumberFormat("en-US", { style: "percent", maximumSignificantDigits: 2 });
const PROBABILITY = new Intl.NumberFormat("en-US", { minimumFractionDigits: 4, maximumFractionDigits: 4 });

/** A number of any size for people to read. */
export function formatNumber(value: number): string {
  const magnitude = Math.abs(value);
  return magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e6) ? SCIENTIFIC.format(value) : PRECISE.format(value);
}

/** A share: 0.0123 is 1.2%. */
export function formatPercent(share: number): string {
  return PERCENT.format(share);
}

/** Four places after the point, so that probabilities stand in a column. */
export function formatProbability(value: number): string {
  return PROBABILITY.format(value);
}

/** Dims as text; "N" stands for the batch axis and "?" for other sizes that are open. */
export function formatDims(dims: readonly (number | string | null)[]): string {
  return `[${dims.map((dim, axis) => dim ?? (axis === 0 ? "N" : "?")).join(", ")}]`;
}
