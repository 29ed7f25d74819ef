import type { Explainer, Model } from "@xdeep/core";
import type { BaselineOption } from "@xdeep/integrated";
import { type LrpOptions, attnLrp, cpLrp, deepLift, deepShap, lrp } from "@xdeep/relevance";

/** What can be told to these methods. */
export interface RelevanceOptions {
  readonly baseline?: BaselineOption | undefined;
  /** What stands behind ":". */
  readonly variant?: string | undefined;
  readonly methodOption?: Readonly<Record<string, unknown>> | undefined;
}

interface RelevanceWord {
  readonly meaning: string;
  /** What may stand behind ":"; empty where nothing may. */
  readonly variants: readonly string[];
  readonly takes: readonly ("baseline" | "methodOption")[];
  create(model: Model, options: RelevanceOptions): Explainer;
}

const COMPOSITES: readonly string[] = [
  "epsilon",
  "epsilon-plus",
  "epsilon-plus-flat",
  "epsilon-gamma-box",
  "epsilon-alpha2-beta1",
  "epsilon-alpha2-beta1-flat",
];

/** Methods of relevance by the word that names them. */
export const RELEVANCE_WORDS: Readonly<Record<string, RelevanceWord>> = {
  deeplift: {
    meaning: "what each input value contributes to F(x) - F(baseline), in one pass: the sum is exact",
    variants: [],
    takes: ["baseline"],
    create: (model, { baseline = 0 }) =>
      Array.isArray(baseline) ? deepShap(model, { baselines: baseline }) : deepLift(model, { baseline: baseline as number }),
  },
  lrp: {
    meaning: "relevance passed back layer by layer; lrp:epsilon-plus-flat and others name the composite",
    variants: COMPOSITES,
    takes: ["methodOption"],
    create: (model, { variant, methodOption }) => lrp(model, { composite: (variant ?? "epsilon-plus") as LrpOptions["composite"] & string, ...methodOption }),
  },
  "attn-lrp": { meaning: "transformers: relevance that attention and normalisations pass on", variants: [], takes: [], create: (model) => attnLrp(model) },
  "cp-lrp": { meaning: "the same, all of it through the values of attention", variants: [], takes: [], create: (model) => cpLrp(model) },
};
