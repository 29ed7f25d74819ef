import { type Tensor, engine } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradients/gradient-rule.ts";
import { retain } from "../engine/retain.ts";

/** What `customGrad` hands to the engine's `runKernelFunc`. */
export interface CustomGradientParams {
  readonly forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor | Tensor[];
  readonly backwardsFunc: (dy: Tensor | readonly (Tensor | null)[], saved: readonly Tensor[]) => Readonly<Record<string, () => Tensor>>;
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/** Core's fused operators use `customGrad` too, but their kernel has a formula here that asks for less. */
const FUSED_SCOPES: ReadonlySet<string> = new Set(["fusedConv2d__op", "fusedDepthwiseConv2d__op", "fusedMatMul__op"]);

/** True for a call that brings its own gradient function. */
export function isCustomGradient(params: object): params is CustomGradientParams {
  return "forwardFunc" in params && "backwardsFunc" in params && !FUSED_SCOPES.has(engine().state.activeScope?.name ?? "");
}

/** The call with its saved tensors caught, and its gradient as a rule. `saved` is filled when `params` has run. */
export function prepareCustomGradient(params: CustomGradientParams): {
  readonly name: string;
  readonly params: CustomGradientParams;
  readonly saved: Tensor[];
  readonly rule: GradientRule;
} {
  const name = (engine().state.activeScope?.name ?? "customGrad").replace(/__op$/, "");
  const saved: Tensor[] = [];
  let kept: readonly Tensor[] = [];
  const forwardFunc: CustomGradientParams["forwardFunc"] = (backend) =>
    params.forwardFunc(backend, (tensors) => {
      saved.push(...tensors.map(retain));
      kept = [...saved];
    });
  const rule: GradientRule = {
    kernel: name,
    needs: { "*": [] },
    pullback: function customPullback({ dy, dys, shapes, wants }) {
      const gradients = params.backwardsFunc(dys.length > 1 ? dys : dy, kept);
      return Object.fromEntries(
        Object.keys(shapes)
          .filter((input) => wants(input))
          .map((input) => [input, gradients[input]!()]),
      );
    },
  };
  return { name, params: { ...params, forwardFunc }, saved, rule };
}
