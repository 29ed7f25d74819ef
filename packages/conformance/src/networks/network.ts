import type { Layer } from "./layer.ts";

export interface NetworkInput {
  readonly name: string;
  readonly type: "float32" | "int32";
  /** Of one row; images [C, H, W]. Of an input without a batch axis: all of it. */
  readonly dims: readonly number[];
  /** False for an input that has no batch axis and belongs to all rows. Default true. */
  readonly batched?: boolean;
  /** Of an input that is not `batched`: where the batch comes in between its dims, which are those of a row, as 1 in [layers, N, hidden]. */
  readonly batchAxis?: number;
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
  /** The batch size that the files fix: `onnx()` and `layersModel()` then take just so many rows. Default: any. */
  readonly batch?: number;
}
