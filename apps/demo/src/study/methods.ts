import type { Explainer, Model } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { gradCam } from "@xdeep/layers";
import { deepLift } from "@xdeep/relevance";
import { smooth } from "@xdeep/smooth";

/** Points on the path of integrated gradients. */
export const STEPS = 50;
/** Noisy pictures that SmoothGrad averages over. */
export const DRAWS = 20;

/** A method that the demo shows. */
export interface DemoMethod {
  readonly name: string;
  /** Gradients that it takes for one picture. */
  readonly gradients: number;
  readonly over: (model: Model) => Explainer;
}

/** Three rules, the last layer, DeepLIFT, and the two methods that average over several points, by themselves and over guided backpropagation. */
export const METHODS: readonly DemoMethod[] = [
  { name: "vanilla", gradients: 1, over: (model) => new Backprop(model) },
  { name: "guided", gradients: 1, over: (model) => new Backprop(model, { guided: true }) },
  { name: "deconvnet", gradients: 1, over: (model) => new Backprop(model, { rule: "deconvnet" }) },
  { name: "grad-cam", gradients: 1, over: (model) => gradCam(model, { size: "input" }) },
  { name: "deeplift", gradients: 1, over: (model) => deepLift(model) },
  { name: "integrated", gradients: STEPS, over: (model) => integrated(new Backprop(model), { n: STEPS }) },
  { name: "smooth", gradients: DRAWS, over: (model) => smooth(new Backprop(model), { n: DRAWS, seed: 1 }) },
  { name: "smooth guided", gradients: DRAWS, over: (model) => smooth(new Backprop(model, { guided: true }), { n: DRAWS, seed: 1 }) },
  { name: "integrated guided", gradients: STEPS, over: (model) => integrated(new Backprop(model, { guided: true }), { n: STEPS }) },
];
