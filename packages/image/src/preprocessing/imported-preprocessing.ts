import type { Preprocessing } from "./preprocessing.ts";

/** What a file beside a model says of the pictures that it takes. */
export interface ImportedPreprocessing {
  /** Every value. The layout is that which models of this origin mostly have; the model itself may tell another. */
  readonly preprocessing: Preprocessing;
  /** Names of the classes, in the order of the model's output; null where the file has none. */
  readonly labels: readonly string[] | null;
  readonly origin: "huggingface" | "teachablemachine" | "xdeep";
}

/** What a file beside a model says that takes no pictures. */
export interface NoPictures {
  /** In words, such as "spectrograms of sounds". */
  readonly takes: string;
  /** Names of the classes; null where the file has none. */
  readonly labels: readonly string[] | null;
}

/** A file's JSON, once it is known to be an object. */
export type JsonObject = Readonly<Record<string, unknown>>;
