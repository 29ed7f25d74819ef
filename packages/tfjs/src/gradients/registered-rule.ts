import { type NamedAttrMap, type Tensor, getBackend, getGradient } from "@tensorflow/tfjs-core";

import type { GradientRule } from "./gradient-rule.ts";

/** Gradients registered with TensorFlow.js whose kernels are wrong on wasm: MaxPool3D loses windows whose maximum is not above 0. */
const WRONG_ON_WASM: ReadonlySet<string> = new Set(["MaxPool3D"]);

/**
 * The gradient that TensorFlow.js (through @tensorflow/tfjs-layers) or the user registered for a kernel, in our form; undefined where there
 * is none, or none that can be used.
 */
export function registeredRule(kernel: string): GradientRule | undefined {
  const config = getGradient(kernel);
  if (config === undefined || (getBackend() === "wasm" && WRONG_ON_WASM.has(kernel)) || config.saveAllInputs) return undefined;
  const saved = config.inputsToSave ?? [];
  const outputs = config.outputsToSave ?? [];
  if (outputs.slice(1).includes(true)) return undefined;
  return {
    kernel,
    needs: { "*": saved },
    needsOutput: outputs[0] === true,
    pullback: function registeredPullback({ dy, dys, attrs, shapes, wants, input, output }) {
      const values = [...saved.map((name) => input(name)), ...(outputs[0] === true ? [output] : [])];
      const gradients = config.gradFunc(dys.length > 1 ? (dys as Tensor[]) : dy, values, attrs as NamedAttrMap);
      return Object.fromEntries(
        Object.keys(shapes)
          .filter((name) => wants(name))
          .map((name) => [name, gradients[name]!()]),
      );
    },
  };
}
