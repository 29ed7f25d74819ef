import type { RowRecord } from "../rows/row-record.ts";

/** A row that failed. */
export type FailedRow = Pick<RowRecord, "row" | "name"> & { readonly code: string; readonly message: string };

/** What failed among many rows. */
export interface Failures {
  /** How many rows failed with each code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Rows that failed; the first hundred. */
  readonly failures: readonly FailedRow[];
}

const MOST_LISTED = 100;

/** Gathers rows that failed; `add` says whether one did. */
export function createFailureList(): Failures & { add(record: RowRecord): boolean } {
  const errors: Record<string, number> = {};
  const failures: FailedRow[] = [];
  return {
    errors,
    failures,
    add({ row, name, error }) {
      if (error === undefined) return false;
      errors[error.code] = (errors[error.code] ?? 0) + 1;
      if (failures.length < MOST_LISTED) failures.push({ row, name, ...error });
      return true;
    },
  };
}
