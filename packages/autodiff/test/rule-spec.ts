import type { DataType } from "@xdeep/core";
import type { AttributeValue } from "@xdeep/onnx";

/** One operator with one choice of attributes and inputs, to be checked against finite differences. */
export interface RuleSpec {
  /** What is special about this row; unique within its operator. */
  readonly name: string;
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly (InputSpec | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Operators applied one after the other, `op` among them: each to the result of the one before and to the inputs after the first. Default: `op` alone. */
  readonly chain?: readonly string[];
  /** Number of outputs; default 1. */
  readonly outputs?: number;
  /** Opset of the model; default 18. */
  readonly opset?: number;
  /** Indices of the inputs that are differentiated. Default: every float input that is no constant. */
  readonly wrt?: readonly number[];
  /** Known gradients at special points: kinks, ties, infinities. Then nothing is drawn at random and finite differences are left out. */
  readonly expected?: { readonly cotangents: readonly (readonly number[])[]; readonly gradients: readonly (readonly number[])[] };
  /** Largest error in float64 relative to 1 + |expected|; default 2e-7, since constants of the gradient are float32. */
  readonly tolerance?: number;
  /** Largest float32 error of ONNX Runtime relative to the largest gradient; default 1e-5. A row that needs more says why in its name. */
  readonly float32Tolerance?: number;
  /** False where the operator needs dims that are known before the run. Default true: the row is checked again with every dim unknown. */
  readonly dynamic?: boolean;
  /** False for operators that ONNX Runtime does not run. Default true. */
  readonly engine?: boolean;
}

export interface InputSpec {
  readonly dims: readonly number[];
  /** Default "float32". */
  readonly type?: DataType;
  /** The elements themselves. Default: seeded uniform numbers in `domain`. */
  readonly values?: readonly number[];
  /** Bounds of the random elements; default [−2, 2]. */
  readonly domain?: readonly [number, number];
  /** Points that random elements keep a distance of 0.01 from: kinks. */
  readonly avoid?: readonly number[];
  /** All elements differ by at least 0.01: no ties within reach of a finite difference. */
  readonly distinct?: boolean;
  /** Given as an initializer, known before the run. */
  readonly constant?: boolean;
  /** No input of the node: its subgraphs use the value by its name, "input" and its index. */
  readonly outer?: boolean;
  /** The input of that index once more: one value in two places of the node. */
  readonly sameAs?: number;
}

/** Integers as an initializer: axes, shapes, pads. */
export function ints(values: readonly number[], dims: readonly number[] = [values.length]): InputSpec {
  return { dims, type: "int64", values, constant: true };
}

/** A float scalar as an initializer. */
export function constantScalar(value: number): InputSpec {
  return { dims: [], values: [value], constant: true };
}
