import type { GraphBuilder, Value } from "@xdeep/onnx";

/** A value of the file, and the name that it goes out by. */
export interface FileOutput {
  readonly name: string;
  readonly value: Value;
}

/** What stands in the file before it is put together. */
export interface WrittenExplainer {
  readonly g: GraphBuilder;
  /** Beside the network's own. */
  readonly inputs: readonly Value[];
  /** The network's input that the file makes of others; null where there is none. */
  readonly replaced: string | null;
  readonly outputs: readonly FileOutput[];
  /** Values inside that were looked at, by method. */
  readonly layers: readonly string[];
  /** What the explained score is: "logit" or "probability". */
  readonly score: string;
}
