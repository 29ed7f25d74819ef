import type { Tensor, ValueInfo } from "@xdeep/core";

type Feeds = Readonly<Record<string, Tensor>>;

/**
 * Dims of the rows of outputs, as far as the file states them or runs have shown them. What the file leaves open is taken to follow from
 * the dims of the inputs; in the few models where it depends on the data, `isStill` finds out.
 */
export class OutputDims {
  readonly #seen = new Map<string, readonly number[]>();

  /** Dims of a row: as the file states them, or else as the last run with inputs of these dims gave them. */
  rowDims(output: ValueInfo, feeds: Feeds): readonly number[] | undefined {
    return statedDims(output) ?? this.#seen.get(keyOf(output, feeds));
  }

  /** Keeps the dims [N, …] of an output, and returns those of its rows. */
  note(output: ValueInfo, feeds: Feeds, dims: readonly number[]): readonly number[] {
    const rowDims = dims.slice(1);
    this.#seen.set(keyOf(output, feeds), rowDims);
    return rowDims;
  }

  /** Whether a run gave an output [N, …] with rows of these dims. Forgets what is kept where it did not. */
  isStill(output: ValueInfo, feeds: Feeds, rowDims: readonly number[], dims: readonly number[]): boolean {
    const same = String(rowDims) === String(dims.slice(1));
    if (!same) this.#seen.delete(keyOf(output, feeds));
    return same || statedDims(output) !== undefined;
  }
}

function statedDims({ dims }: ValueInfo): readonly number[] | undefined {
  const [, ...axes] = dims;
  return dims.length > 0 && axes.every((dim) => dim !== null) ? (axes as readonly number[]) : undefined;
}

function keyOf({ name }: ValueInfo, feeds: Feeds): string {
  return JSON.stringify([
    name,
    ...Object.entries(feeds)
      .map(([input, { dims }]) => [input, ...dims.slice(1)])
      .sort(),
  ]);
}
