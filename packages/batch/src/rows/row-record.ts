import type { FloatTensor, Target } from "@xdeep/core";

import type { Json } from "../manifest/manifest.ts";

/** What a job says of a row. */
export interface RowResult {
  /** Attributions of this sample, without a batch axis, by a name for each, such as that of the method. */
  readonly values: Readonly<Record<string, FloatTensor>>;
  readonly target: Target;
  /** Of the target, where it has one. */
  readonly targetName?: string | null | undefined;
  /** F at the input. */
  readonly score: number;
  /** Σ A − (F(x) − F(x′)), by the names of values, or of methods that attribute to several; of methods that define it. */
  readonly deltas?: Readonly<Record<string, number>> | undefined;
  /** Anything else worth keeping, the same whenever it is computed: no times, no names of machines. */
  readonly facts?: Json | undefined;
}

/** Why a row was not explained. */
export interface RowError {
  /** Of the XDeepError; "UNEXPECTED" for any other error. */
  readonly code: string;
  readonly message: string;
}

/** One row of a shard, in `shard.json`. */
export interface RowRecord {
  readonly row: number;
  readonly name: string;
  readonly sha256: string | null;
  readonly label?: string | undefined;
  /** Place of the row in the arrays of the shard; null where it failed. */
  readonly at: number | null;
  readonly target?: Target;
  readonly targetName?: string | null | undefined;
  readonly score?: number;
  readonly deltas?: Readonly<Record<string, number>> | undefined;
  readonly facts?: Json | undefined;
  readonly error?: RowError;
}

/** An array of attributions, one entry for every row that was explained. */
export interface ShardArray {
  /** As the job names it. */
  readonly value: string;
  readonly file: string;
  readonly sha256: string;
  /** With the axis of rows. */
  readonly dims: readonly number[];
}

/** The head of a shard. */
export interface Shard {
  readonly format: "xdeep.shard/1";
  /** Id of the manifest. */
  readonly manifest: string;
  readonly shard: number;
  /** Version of this package. */
  readonly version: string;
  /** What the job says of itself: engine, versions. */
  readonly provenance: Json;
  readonly arrays: readonly ShardArray[];
  readonly rows: readonly RowRecord[];
}

/** A row with its result, or with what went wrong. */
export type Outcome = { readonly record: Omit<RowRecord, "at">; readonly values: RowResult["values"] | null };
