/** Where the classes of an output lie in its rows. */
export interface ClassAxis {
  readonly axis: number;
  /** Entries before the first class, such as the four numbers of a box. */
  readonly offset: number;
}

/** What detectors put before their classes: nothing, a box, or a box and whether there is an object. */
const OFFSETS = [0, 4, 5] as const;

/**
 * Axes of rows of these dims that can have an entry for each of the classes: as long as there are names, or longer by what detectors put before them.
 * Several where the dims do not decide, such as as many anchors as classes; none where no axis fits.
 */
export function classAxes(rowDims: readonly number[], classes: number): readonly ClassAxis[] {
  return OFFSETS.flatMap((offset) => rowDims.flatMap((dim, axis) => (dim === classes + offset ? [{ axis, offset }] : [])));
}

/** Axes of a row that hold more than one entry: where there is one, or none, a number is enough to name an entry. */
export function longAxes(rowDims: readonly number[]): readonly number[] {
  return rowDims.flatMap((dim, axis) => (dim > 1 ? [axis] : []));
}

/** Whether rows have one axis of more than one entry at most, whatever sizes are open. */
export function isOneAxis(rowDims: readonly (number | null)[]): boolean {
  return rowDims.filter((dim) => dim !== 1).length <= 1;
}
