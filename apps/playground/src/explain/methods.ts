import type { Explainer, Model, RectifierRule } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { type BaselineOption, integrated } from "@xdeep/integrated";
import { gradCam } from "@xdeep/layers";
import { smooth } from "@xdeep/smooth";

/** What visitors set for all methods. */
export interface MethodSettings {
  /** Points on the path of integrated gradients. */
  readonly steps: number;
  /** Noisy copies of SmoothGrad. */
  readonly draws: number;
}

export interface PageMethod {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Shows first maps after this many steps, and better ones as more arrive; null for methods of one run. */
  readonly refines: keyof MethodSettings | null;
  /** @param baseline where paths start; default: zeros */
  create(model: Model, settings: MethodSettings, baseline?: BaselineOption): Explainer;
}

const gradient = (model: Model, rule: RectifierRule): Explainer => new Backprop(model, { rule });

export const METHODS: readonly PageMethod[] = [
  {
    id: "vanilla",
    title: "gradient",
    about: "how the score changes with each value",
    refines: null,
    create: (model) => gradient(model, "standard"),
  },
  {
    id: "guided",
    title: "guided",
    about: "positive gradients alone: sharp outlines",
    refines: null,
    create: (model) => gradient(model, "guided"),
  },
  {
    id: "integrated",
    title: "integrated",
    about: "mean gradient on the way from a baseline (zeros; of texts padding), times the input: adds up to the change of the score",
    refines: "steps",
    create: (model, { steps }, baseline) => integrated(gradient(model, "standard"), { n: steps, baseline }),
  },
  {
    id: "smooth",
    title: "SmoothGrad",
    about: "mean gradient of noisy copies",
    refines: "draws",
    create: (model, { draws }) => smooth(gradient(model, "standard"), { n: draws, seed: 0 }),
  },
  {
    id: "smooth-guided",
    title: "smooth guided",
    about: "guided, over noisy copies",
    refines: "draws",
    create: (model, { draws }) => smooth(gradient(model, "guided"), { n: draws, seed: 0 }),
  },
  {
    id: "grad-cam",
    title: "Grad-CAM",
    about: "which places of the last layer with positions",
    refines: null,
    create: (model) => gradCam(model, { size: "layer" }),
  },
];

export function methodById(id: string): PageMethod | undefined {
  return METHODS.find((method) => method.id === id);
}
