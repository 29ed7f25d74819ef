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

/** Seconds for people: 35 s, 12 min, 1 h 43 min, 3 days. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}
