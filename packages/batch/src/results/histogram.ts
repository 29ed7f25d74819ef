/** How many values lie in [from, to). */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const MANTISSAS = [1, 2, 5] as const;
const MOST_BINS = 15;

/**
 * How values of 0 or above are spread over sizes: bins between 1, 2 and 5 times the powers of ten, three for a decade and five decades at most, so that a few large
 * ones do not hide the others. Whatever is smaller lies in the first bin, which then begins at 0. The last one holds the largest value.
 */
export function sizeHistogram(values: readonly number[]): readonly HistogramBin[] {
  const sizes = values.filter((value) => value > 0).map(binOf);
  if (values.length === 0) return [];
  const last = sizes.reduce((most, bin) => Math.max(most, bin), -Infinity);
  if (last === -Infinity) return [{ from: 0, to: 0, count: values.length }];
  const least = sizes.reduce((fewest, bin) => Math.min(fewest, bin), last);
  const hasZeros = sizes.length < values.length;
  const lowest = Math.max(hasZeros ? least - 1 : least, last - MOST_BINS + 1);
  const opensAtZero = hasZeros || least < lowest;
  return Array.from({ length: last - lowest + 1 }, (_, n) => {
    const bin = lowest + n;
    const isOpen = opensAtZero && n === 0;
    const count = isOpen ? values.length - sizes.filter((size) => size > bin).length : sizes.filter((size) => size === bin).length;
    return { from: isOpen ? 0 : edge(bin), to: edge(bin + 1), count };
  });
}

/** The bin of a value: that of the largest edge which is not above it. */
function binOf(value: number): number {
  let bin = 3 * Math.floor(Math.log10(value));
  while (edge(bin) > value) bin -= 1;
  while (edge(bin + 1) <= value) bin += 1;
  return bin;
}

/** Edge 0 is 1, edge 1 is 2, edge 2 is 5, edge 3 is 10, edge -1 is 0.5. */
function edge(bin: number): number {
  const decade = Math.floor(bin / 3);
  return Number(`${MANTISSAS[bin - 3 * decade]}e${decade}`);
}
