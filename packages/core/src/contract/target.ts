/**
 * One entry of an output, in one row of the batch: an index into the last axes, without the batch axis. A plain number is the class of an
 * output [N, classes], or [N, classes, 1, 1]; outputs with more axes take the tuple, such as [class, y, x].
 */
export type Entry = number | { readonly index: readonly number[] };

/** A weighted entry: `{ index: 3, weight: -1 }`, or `{ index: [1, 20, 7], weight: 0.5 }` where a row has several axes. */
export interface Term {
  readonly index: number | readonly number[];
  readonly weight: number;
}

/**
 * What is explained, in one row of the batch: a scalar function of an output.
 *
 * - an entry: a class, or an index tuple;
 * - `{ terms }`: a weighted sum of entries, such as class a − class b, or a sum over a region;
 * - `{ max }`: the largest entry where the tuple holds null, found at the input and fixed for all steps and draws. `{ max: [null, 16] }` of
 *   an output [N, anchors, classes] is the best anchor's class 16. Results name the entry that was found.
 */
export type Target = Entry | { readonly terms: readonly Term[] } | { readonly max: readonly (number | null)[] };

/** What callers pass: one target for all rows, one per row, or null for a row's own argmax at the input. */
export type TargetOption = Target | readonly (Target | null)[] | null;
