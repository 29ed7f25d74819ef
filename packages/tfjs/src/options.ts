import type { GraphModel } from "@tensorflow/tfjs-converter";
import type { io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { ByteSource, WeightsHook } from "@xdeep/core/backend";

import type { EngineName } from "./engine/engine-packages.ts";
import type { GradientRule } from "./gradients/gradient-rule.ts";
import type { FunctionValue } from "./networks/function-network.ts";

/** A part of TensorFlow.js that loads models. */
export interface LoadingLibrary {
  readonly loadLayersModel?: (source: io.IOHandler) => Promise<LayersModel>;
  readonly loadGraphModel?: (source: io.IOHandler) => Promise<GraphModel>;
}

export interface LoadOptions {
  /** The engine to run on: loaded by name in Node, registered beforehand in a browser. Default: the one that is set in TensorFlow.js. */
  readonly engine?: EngineName | undefined;
  /** Run on a GPU or reject: tfjs-node-gpu in Node, WebGPU or WebGL in a browser, unless `engine` names another. Default false. */
  readonly useGpu?: boolean | undefined;
  /**
   * With `useGpu`: a GPU that is emulated on the CPU, such as SwiftShader, will do. It is slower than the CPU itself, and counts as the CPU in `capabilities`;
   * tests on machines without a GPU need it. Default false.
   */
  readonly allowSoftwareGpu?: boolean | undefined;
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
  /** The weight files that a model.json names, by the path that it gives. Not needed where they lie beside it. */
  readonly weightFiles?: Readonly<Record<string, ByteSource>> | undefined;
  /**
   * The imported module that loads a model.json: @tensorflow/tfjs-layers or @tensorflow/tfjs-converter. Default: imported by name, which works in
   * Node and with an import map; bundlers do not see it.
   */
  readonly library?: LoadingLibrary | undefined;
  /** Read weights behind symbolic links that lead out of the model's folder too. Default false. */
  readonly followSymlinks?: boolean | undefined;
  /** For a function: its outputs in the order in which it returns them. */
  readonly outputs?: readonly FunctionValue[] | undefined;
}
