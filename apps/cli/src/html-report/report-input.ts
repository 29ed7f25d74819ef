import type { AttributionJSON } from "@xdeep/core";

import type { ExplanationRecord } from "../explain/explanation.ts";

/** One map of a report. */
export interface ReportMap {
  readonly value: string;
  readonly attribution: AttributionJSON;
  /** It lies over the picture. */
  readonly isOver: boolean;
  /** Of words or features; null for pictures. */
  readonly names: readonly string[] | null;
  readonly kind: "picture" | "words" | "bars";
}

/** One row of an input under every method. */
export interface ReportRow {
  readonly row: number;
  readonly methods: readonly { readonly record: ExplanationRecord; readonly maps: readonly ReportMap[] }[];
}

/** One input by one model. */
export interface ReportInput {
  readonly picture: { readonly url: string; readonly width: number; readonly height: number } | null;
  readonly rows: readonly ReportRow[];
  /** How many rows of the input are left out. */
  readonly left: number;
}
