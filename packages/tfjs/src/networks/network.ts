import type { ValueInfo } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";

/** A TensorFlow.js network of whichever kind, as one synchronous function. */
export interface Network {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Runs in inference mode, inside a tidy. Tensors by the names of inputs and outputs. */
  run(feeds: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
  /** Frees what loading made; an object that the user passed stays his. */
  dispose(): void;
}
