import type { WeightsHook } from "@xdeep/core/backend";

import type { EngineName } from "./engine/engine-packages.ts";
import type { GradientRule } from "./gradients/gradient-rule.ts";
import type { FunctionValue } from "./networks/function-network.ts";

export interface LoadOptions {
  /** The engine to run on: loaded by name in Node, registered beforehand in a browser. Default: the one that is set in TensorFlow.js. */
  readonly engine?: EngineName | undefined;
  /** Run on a GPU or reject: tfjs-node-gpu in Node, WebGPU or WebGL in a browser, unless `engine` names another. Default false. */
  readonly useGpu?: boolean | undefined;
  /**
   * Weights in place of the model's own, such as random ones for a parameter randomisation test: called with the name in the model and the tensor
   * of every float weight that has an axis, it returns one of the same dims, or the tensor itself. It is called in the order in which
   * the network uses its weights. The model that was passed stays as it is.
   */
  readonly weights?: WeightsHook | undefined;
  /** Gradient rules for kernels that have none, those of your own included, or in place of those that have one. */
  readonly rules?: readonly GradientRule[] | undefined;
  /** For a function: its inputs in the order of its parameters. */
  readonly inputs?: readonly FunctionValue[] | undefined;
  /** Inputs that have no batch axis in front, such as tables or states: they are passed whole to every run. Default: scalars, and inputs whose leading size is fixed beside others that are open. */
  readonly shared?: readonly string[] | undefined;
  /** Read weights behind symbolic links that lead out of the model's folder too. Default false. */
  readonly followSymlinks?: boolean | undefined;
  /** For a function: its outputs in the order in which it returns them. */
  readonly outputs?: readonly FunctionValue[] | undefined;
}
