import type { ValueInfo } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";

/** What one run of a network is to do. */
export interface NetworkRun {
  /** Inputs, and inner values from which the network runs, by name. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Outputs and inner values to compute. */
  readonly wanted: readonly string[];
  /** Inner values to announce: each when it is computed, before anything reads it. Default: none. */
  readonly announced?: readonly string[];
  readonly announce?: (name: string, value: Tensor) => void;
}

/** The values inside a network, by name. */
export interface InnerNames {
  /** Every value that lies between inputs and outputs, in the order in which they are computed. */
  readonly all: readonly string[];
  /** The listed name of a value that the caller may write in several ways; undefined where there is none. */
  resolve(name: string): string | undefined;
  /** Embeddings: rows of tables that integers choose, which are inputs. */
  readonly entries: readonly string[];
  /** Floats that integers are made into, which are inputs: what gradients are taken of where there is no float input. */
  readonly casts: readonly string[];
}

/** The weights of a network. */
export interface NetworkWeights {
  readonly list: readonly { readonly name: string; readonly tensor: () => Tensor }[];
  /** Runs a synchronous function with other tensors in the place of some weights. */
  exchange<T>(replaced: ReadonlyMap<number, Tensor>, run: () => T): T;
}

/** A TensorFlow.js network of whichever kind, as one synchronous function. */
export interface Network {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** undefined where values inside have no names, as in functions. */
  readonly inner?: InnerNames | undefined;
  /** undefined where weights have no names, as in functions. */
  readonly weights?: NetworkWeights | undefined;
  /** Weights that are one number, by their memory: what operators such as min(x, 6) look like depends on them. */
  readonly scalars?: ReadonlyMap<object, number> | undefined;
  /**
   * Runs in inference mode, inside a tidy, and gives the tensors by the names of `wanted`. No operator runs twice, and none that only what is
   * fed depends on.
   */
  run(run: NetworkRun): Readonly<Record<string, Tensor>>;
  /** Frees what loading made; an object that the user passed stays his. */
  dispose(): void;
}
