import type { Explainer, Model } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import type { BaselineOption } from "@xdeep/integrated";
import {
  type PathOptions,
  attentionRollout,
  conductance,
  gradCam,
  gradCamPlusPlus,
  gradientAttention,
  guidedGradCam,
  hiResCam,
  internalInfluence,
  layerCam,
  layerGradientXActivation,
  layerIntegrated,
} from "@xdeep/layers";

import { UsageError } from "../../usage-error.ts";
import { RELEVANCE_WORDS, type RelevanceOptions } from "./relevance-words.ts";
import type { Setting } from "./settings.ts";

/** What can be told to a method that stands alone. */
interface AloneOptions extends RelevanceOptions {
  readonly layer?: string | undefined;
  readonly n?: number | undefined;
}

interface AloneWord {
  /** One line on what it means. */
  readonly meaning: string;
  /** It looks at a layer, which "@" may name. */
  readonly takesLayer: boolean;
  /** Where it takes the gradient at x before anything else; left out where it begins otherwise. */
  readonly beginsAt?: "input" | "layer";
  /** Settings that change what it gives. */
  readonly takes: readonly Setting[];
  /** What ":" may name; none for most. */
  readonly variants?: readonly string[];
  create(model: Model, options: AloneOptions): Explainer;
}

/** A method that nothing nests in, with the layer that "@" names. */
export interface AloneMethod {
  readonly word: string;
  readonly layer: string | undefined;
  readonly variant?: string | undefined;
}

const atLayer = (meaning: string, create: (model: Model, options: { readonly layer?: string | undefined }) => Explainer): AloneWord => ({
  meaning,
  takesLayer: true,
  beginsAt: "layer",
  takes: [],
  create: (model, { layer }) => create(model, { layer }),
});
const alongPath = (meaning: string, create: (model: Model, options: PathOptions) => Explainer): AloneWord => ({
  meaning,
  takesLayer: true,
  takes: ["steps", "baseline"],
  create: (model, { layer, n, baseline }) => create(model, { layer, n, baseline: oneBaseline(baseline) }),
});
const ofModel = (meaning: string, create: (model: Model) => Explainer): AloneWord => ({
  meaning,
  takesLayer: false,
  takes: [],
  create: (model) => create(model),
});
/** What attributes to inputs, or to other values by name. */
const TO_VALUES: readonly Setting[] = ["takeMax", "wrt"];

/** Methods by the word that names them. */
export const ALONE_WORDS: Readonly<Record<string, AloneWord>> = {
  "grad-cam": atLayer("where the last layer with positions speaks for the class: coarse, finds the object", gradCam),
  "grad-cam-plus-plus": atLayer("Grad-CAM with weights that count positions", gradCamPlusPlus),
  "hi-res-cam": atLayer("the layer times its gradient, summed over channels; signed, exact before a linear end", hiResCam),
  "layer-cam": atLayer("the layer times its positive gradient: good at earlier layers, too", layerCam),
  "guided-grad-cam": { ...atLayer("guided where Grad-CAM looks", guidedGradCam), takes: TO_VALUES },
  "layer-gradient-x-activation": atLayer("the layer times its gradient, channel by channel", layerGradientXActivation),
  "layer-integrated": alongPath("integrated gradients of the layer", layerIntegrated),
  conductance: alongPath("what passes through the layer from the baseline to x", conductance),
  "internal-influence": alongPath("mean gradient at the layer from the baseline to x", internalInfluence),
  "attention-rollout": ofModel("transformers: attention multiplied through all layers, for no class", attentionRollout),
  "gradient-attention": ofModel("transformers: attention times its gradient, layer by layer", gradientAttention),
  "input-x-gradient": { ...ofModel("x times the gradient", (model) => inputXGradient(new Backprop(model))), beginsAt: "input", takes: TO_VALUES },
  ...Object.fromEntries(
    Object.entries(RELEVANCE_WORDS).map(([word, method]) => [word, { ...method, takesLayer: false, takes: [...TO_VALUES, ...method.takes] }]),
  ),
};

/**
 * A method that stands alone, with or without a layer behind "@", as in layer-cam@/layer3/Relu, or a composite behind ":", as in lrp:epsilon-plus; null where the
 * name is none of these.
 *
 * @throws {UsageError} for a layer or a composite where the method has none, or none behind "@" or ":"
 */
export function aloneMethod(name: string): AloneMethod | null {
  const [, word = "", mark, rest = ""] = /^([^@:]*)([@:]?)([^]*)$/.exec(name)!;
  const found = Object.hasOwn(ALONE_WORDS, word) ? ALONE_WORDS[word]! : null;
  if (found === null) return null;
  if (mark === "") return { word, layer: undefined };
  if (mark === ":") return { word, layer: undefined, variant: variantOf(word, rest, found.variants ?? []) };
  if (!found.takesLayer) throw new UsageError(`"${word}" looks at no single layer: leave out "@${rest}".`);
  if (rest === "") throw new UsageError(`Which layer? Write ${word}@NAME with a name that \`xdeep check\` lists, or ${word} alone for the last.`);
  return { word, layer: rest };
}

function variantOf(word: string, variant: string, known: readonly string[]): string {
  if (known.includes(variant)) return variant;
  if (known.length === 0) throw new UsageError(`"${word}" has no variants: leave out ":${variant}".`);
  throw new UsageError(`There is no ${word}:${variant}. There are ${known.map((each) => `${word}:${each}`).join(", ")}.`);
}

/** @throws {UsageError} for several baselines, which paths to a layer do not average over */
function oneBaseline(baseline: BaselineOption | undefined): PathOptions["baseline"] {
  if (Array.isArray(baseline)) throw new UsageError("layer-integrated, conductance and internal-influence take one --baseline.");
  return baseline as PathOptions["baseline"];
}
