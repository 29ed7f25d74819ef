import type { Activation, DataType } from "@xdeep/core";

/** A value of a network; null stands for sizes that are open. */
export interface InspectedValue {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly (number | null)[];
}

export interface InspectedOutput extends InspectedValue {
  /** A score of it can be differentiated with respect to `wrt`. */
  readonly explainable: boolean;
  /** Why not. */
  readonly problem: string | null;
  /** The inner value that the score "logit" means, where a final activation makes the output and its argument has a name. */
  readonly logit: string | null;
  /** That activation. */
  readonly activation: Activation | null;
  /** Inner values to explain in place of an output without gradient: what an ArgMax reads, for instance. */
  readonly instead: readonly string[];
  /** The kernel that makes rows of a batch depend on each other; null where two rows run together showed none. */
  readonly mixesRows: string | null;
}

/** Whether there is a gradient rule: "not needed" for kernels that no gradient meets, "zero" for those that are constant almost everywhere. */
export type RuleStatus = "yes" | "no" | "zero" | "not needed";

/** One kernel of TensorFlow.js that a network runs. */
export interface KernelCoverage {
  readonly op: string;
  readonly count: number;
  /** How many lie between what is attributed to and an output. */
  readonly onPath: number;
  readonly rule: RuleStatus;
}

export interface RectifierCount {
  readonly op: string;
  readonly count: number;
  /** Counts as a rectifier unless others are named. */
  readonly byDefault: boolean;
}

/** What can be explained in a model, found by running it once. */
export interface ModelInspection {
  readonly explainable: boolean;
  readonly inputs: readonly InspectedValue[];
  readonly outputs: readonly InspectedOutput[];
  /** What gradients are taken of: the float inputs, or the first floats that are made of integers. */
  readonly wrt: readonly string[];
  readonly operators: readonly KernelCoverage[];
  readonly rectifiers: readonly RectifierCount[];
  /** Float values on the way from `wrt` to an output: they can be attributed to, and explained. Empty for functions. */
  readonly values: readonly InspectedValue[];
}
