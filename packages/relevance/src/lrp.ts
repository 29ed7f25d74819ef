import { BaseProp } from "@xdeep/core";
import type { Explainer, Model } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/method";

import { VERSION } from "./version.ts";

/** The composites that have names, as in Zennit. */
export type CompositeName = "epsilon" | "epsilon-alpha2-beta1" | "epsilon-alpha2-beta1-flat" | "epsilon-gamma-box" | "epsilon-plus" | "epsilon-plus-flat";

/** A number for every channel, or one for all. */
export type Bound = number | readonly number[];

/** How relevance passes a linear layer. A name alone takes the defaults: epsilon 1e-6, gamma 0.25, alpha 2, beta 1. */
export type LayerRule =
  | "alpha-beta"
  | "epsilon"
  | "flat"
  | "gamma"
  | "w-square"
  | "z-plus"
  | "zero"
  | { readonly rule: "epsilon"; readonly epsilon?: number }
  | { readonly rule: "gamma"; readonly gamma?: number }
  | { readonly rule: "alpha-beta"; readonly alpha?: number; readonly beta?: number }
  | { readonly rule: "z-box"; readonly low: Bound; readonly high: Bound };

/** A rule for the linear layers that meet every condition that is there. */
export interface CompositeEntry {
  /** Convolutions, or products with a matrix. Default: both. */
  readonly layer?: "convolution" | "dense" | undefined;
  /** The node's name in the model, `*` for any text. */
  readonly name?: string | undefined;
  /** True: no linear layer stands before it on any path; false: one does. */
  readonly first?: boolean | undefined;
  readonly rule: LayerRule;
}

export interface LrpOptions {
  /** A composite's name, or rules of your own: the first entry that fits a layer counts, and a layer that none fits takes rule 0. Default "epsilon-plus". */
  readonly composite?: CompositeName | readonly CompositeEntry[] | undefined;
  /** ε of the composites with names. Default 1e-6. */
  readonly epsilon?: number | undefined;
  /** γ of "epsilon-gamma-box". Default 0.25. */
  readonly gamma?: number | undefined;
  /** Of "epsilon-gamma-box": the smallest and the largest number that an entry of the input can be, or one for each channel. */
  readonly low?: Bound | undefined;
  readonly high?: Bound | undefined;
  /** What keeps the denominators of the other rules away from 0. Default 1e-6. */
  readonly stabilizer?: number | undefined;
}

const LRP_OPTIONS: readonly string[] = ["composite", "epsilon", "gamma", "low", "high", "stabilizer"] satisfies (keyof LrpOptions)[];

/**
 * Layer-wise relevance propagation: the score is passed back from layer to layer, each by the rule that the composite has for it. BatchNormalization is folded into the layer beside it
 * first, and functions that exporters take apart count as one. Σ R is the score but for what biases and ε absorb. "epsilon" alone runs on backends that have no other rule.
 *
 * @throws {XDeepError} CONTRACT_VERSION, OPTION_INVALID, CAPABILITY_MISSING where the backend does not have the rule; from `explain` also RULE_INVALID for a composite or a parameter that does
 *   not exist, MODEL_UNSUPPORTED naming all operators that have no rule, and the codes of `vjp`
 * @see S. Bach et al. (2015), On Pixel-Wise Explanations for Non-Linear Classifier Decisions, doi:10.1371/journal.pone.0130140
 * @see G. Montavon et al. (2019), Layer-Wise Relevance Propagation: An Overview, doi:10.1007/978-3-030-28954-6_10
 */
export function lrp(model: Model, options: LrpOptions = {}): Explainer {
  checkOptionNames("lrp", options, LRP_OPTIONS);
  const { composite = "epsilon-plus", ...parameters } = given(options);
  const isEpsilon = composite === "epsilon" && Object.keys(parameters).every((name) => name === "epsilon");
  return relevance(model, isEpsilon ? { name: "lrp-epsilon", ...parameters } : { name: "lrp", composite, ...parameters });
}

export interface AttnLrpOptions {
  /** ε at linear layers. Default 0: relevance passes them as the gradient times the input does. */
  readonly epsilon?: number | undefined;
}

/**
 * AttnLRP: LRP for transformers. Softmax by its Taylor expansion, half of the relevance to each factor of a product, deviations of normalisations as constants, element-wise functions pass
 * relevance as it is. On models of tokens name the embeddings in `wrt`, or leave it to the model. One pass backward, no dearer than a gradient.
 *
 * @throws {XDeepError} as `lrp`
 * @see R. Achtibat et al. (2024), AttnLRP: Attention-Aware Layer-Wise Relevance Propagation for Transformers, arXiv:2402.05602
 */
export function attnLrp(model: Model, options: AttnLrpOptions = {}): Explainer {
  checkOptionNames("attnLrp", options, ["epsilon"] satisfies (keyof AttnLrpOptions)[]);
  return relevance(model, { name: "attn-lrp", ...given(options) });
}

/**
 * CP-LRP: as AttnLRP, but nothing flows through the softmax to queries and keys, nor through the gate of a gated layer: all of it goes to the values.
 *
 * @throws {XDeepError} as `lrp`
 * @see A. Ali et al. (2022), XAI for Transformers: Better Explanations through Conservative Propagation, arXiv:2202.07304
 */
export function cpLrp(model: Model, options: AttnLrpOptions = {}): Explainer {
  checkOptionNames("cpLrp", options, ["epsilon"] satisfies (keyof AttnLrpOptions)[]);
  return relevance(model, { name: "cp-lrp", ...given(options) });
}

function relevance(model: Model, rule: { readonly name: string; readonly [parameter: string]: unknown }): Explainer {
  return new BaseProp(model, { rule, versions: { "@xdeep/relevance": VERSION } });
}

/** Options without those that are undefined. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
