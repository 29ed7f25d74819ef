import type { Layer } from "./layer.ts";

export interface NetworkInput {
  readonly name: string;
  readonly type: "float32" | "int32";
  /** Of one row; images [C, H, W]. */
  readonly dims: readonly number[];
  /** Of an int32 input: its elements are indices from 0 to count − 1. */
  readonly count?: number;
}

/** A layer in its place. Its name is also the name of its result. */
export interface NetworkNode {
  readonly name: string;
  readonly layer: Layer;
  /** Names of inputs and earlier nodes. */
  readonly from: readonly string[];
}

/** A network described once, as plain data: what every form of a fixture is written from. */
export interface Network {
  readonly inputs: readonly NetworkInput[];
  /** In topological order. */
  readonly nodes: readonly NetworkNode[];
  /** Names of nodes. */
  readonly outputs: readonly string[];
}
