import type { ExplainOptions, RowOrigin } from "../contract/explainer.ts";

/** The row of the outermost input that a row of this call belongs to. */
export function originRow({ origin }: Pick<ExplainOptions, "origin">, row: number): number {
  return origin?.rows[row] ?? row;
}

/** What a method passes on where it explains `count` points of one of its `rows` rows. */
export function innerOrigin({ origin }: Pick<ExplainOptions, "origin">, row: number, rows: number, count: number): RowOrigin {
  const outer = originRow({ origin }, row);
  return { rows: Array.from({ length: count }, () => outer), of: origin?.of ?? rows, depth: (origin?.depth ?? 0) + 1 };
}
