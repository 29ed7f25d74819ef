import type { Tensor } from "@tensorflow/tfjs-core";

import type { FilterCache } from "../formulas/filter-cache.ts";

/** What a call tells before anything is computed. */
export interface CheckedCall {
  readonly attrs: Readonly<Record<string, unknown>>;
  /** Shapes of the inputs by name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Shapes of the outputs. */
  readonly outputShapes: readonly (readonly number[])[];
}

/** What a gradient formula sees of one kernel call. */
export interface PullbackCall extends CheckedCall {
  /** Cotangent of the only output, or of the first. */
  readonly dy: Tensor;
  /** Cotangents of all outputs; null where an output does not lead to the score. */
  readonly dys: readonly (Tensor | null)[];
  /** Whether the cotangent of this input is asked for. */
  wants(input: string): boolean;
  /** Value of an input that the formula declared in `needs`. */
  input(name: string): Tensor;
  /** Value of the first output, where the formula declared `needsOutput`. */
  readonly output: Tensor;
  /** Constants made from weights once and kept between calls. */
  readonly cache: FilterCache;
}

/** How cotangents pass one kernel. */
export interface GradientRule {
  /** Name of the kernel. */
  readonly kernel: string;
  /** The inputs that have a gradient, each with the inputs whose values its formula reads. "*" stands for any input. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
  /** The formula reads the first output. */
  readonly needsOutput?: boolean;
  /** Inputs were broadcast: the caller sums each cotangent back to the input's shape. */
  readonly broadcasts?: boolean;
  /**
   * Refuses forms of the kernel that have no formula, as soon as they run.
   *
   * @throws {XDeepError} GRADIENT_MISSING
   */
  readonly check?: (call: CheckedCall) => void;
  /** Cotangents by input name. Only inputs in `needs` that are wanted have to be there. Runs inside a tidy. */
  readonly pullback: (call: PullbackCall) => Readonly<Record<string, Tensor>>;
}
