import type { Preprocessing } from "./preprocessing.ts";

/** What a file beside a model says of the pictures that it takes. */
export interface ImportedPreprocessing {
  /** Every value. The layout is that which models of this origin mostly have; the model itself may tell another. */
  readonly preprocessing: Preprocessing;
  /** Names of the classes, in the order of the model's output; null where the file has none. */
  readonly labels: readonly string[] | null;
  readonly origin: "huggingface" | "teachablemachine" | "xdeep";
}

/** A file's JSON, once it is known to be an object. */
export type JsonObject = Readonly<Record<string, unknown>>;
