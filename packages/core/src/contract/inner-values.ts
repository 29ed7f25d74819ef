import type { ValueInfo } from "./model.ts";

/** The float values inside a network, for backends that can name them. */
export interface InnerValues {
  /** What is known of a value; undefined where there is none of this name. */
  get(name: string): ValueInfo | undefined;
  /** Every name, to suggest the nearest. */
  names(): Iterable<string>;
  /** Looked for when an error names them: finding them may take a walk through the network. The first floats that a network of integers makes, such as its embeddings: named where a model has no float input. */
  readonly entries?: readonly string[] | undefined;
  /** As `entries`, for errors. Values to explain where no output has a gradient, such as the scores that an ArgMax reads. */
  readonly scores?: readonly string[] | undefined;
}
