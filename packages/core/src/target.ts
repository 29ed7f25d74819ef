/**
 * The output entry that is explained, in one row of the batch: an index into the last axes, without the batch axis.
 * A plain number is the class of an output [N, classes], or [N, classes, 1, 1]; outputs with more axes take the tuple, such as [class, y, x].
 */
export type Target = number | { readonly index: readonly number[] };

/** What callers pass: one target for all rows, one per row, or null for each row's own argmax at the input. */
export type TargetOption = Target | readonly Target[] | null;
