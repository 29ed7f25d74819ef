import { smooth } from "@xdeep/smooth";
import { integrated } from "@xdeep/integrated";
import { type Explainer, type Model, type RectifierRule, printable } from "@xdeep/core";
import { checkExplainer } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";

import { type LoadedPackage, findPackage, loadPackage, packageNames } from "../../load-package.ts";
import { ALONE_WORDS, type AloneMethod, aloneMethod } from "./alone-method.ts";
import { didYouMeanJoined } from "../../did-you-mean.ts";
import { UsageError } from "../../usage-error.ts";
import type { MethodSettings } from "./settings.ts";

/** What a user can name, with one line on what it means: words that nest. */
export const METHOD_WORDS: Readonly<Record<"vanilla" | "guided" | "deconvnet" | "integrated" | "smooth", string>> = {
  vanilla: "the gradient dF/dx, how the score changes with each input value: exact, and noisy to look at",
  guided: "gradients positive at every rectifier that was on: sharp, shows the input more than the decision",
  deconvnet: "gradients positive at every rectifier, on or off: the classic DeconvNet pictures",
  integrated: "mean gradient from a baseline to x, times x - baseline: sums to F(x) - F(baseline)",
  smooth: "mean gradient of noisy copies of x (SmoothGrad): less speckle",
};

/** A method of a package of others. */
type PackagedMethod = LoadedPackage<(explainer: Explainer, options: Readonly<Record<string, unknown>>) => Explainer>;

type Wrapper = "integrated" | "smooth" | PackagedMethod;

/** A method as it was named: a rule for the gradient, and what is wrapped around it, outermost first. */
export interface NamedMethod {
  readonly name: string;
  readonly rule: RectifierRule;
  readonly wrappers: readonly Wrapper[];
  /** In place of rule and wrappers. */
  readonly alone?: AloneMethod;
}

const RULES: ReadonlyMap<string, RectifierRule> = new Map([
  ["vanilla", "standard"],
  ["guided", "guided"],
  ["deconvnet", "deconvnet"],
]);

/**
 * Methods by name. Words joined by "-" nest, outermost first: "smooth-integrated-guided". A word that is not built in is a package of others, such
 * as "xdeep-method-foo" or "foo" for short, or the path of a module; it may have "-" in its name.
 *
 * @throws {UsageError} for a name that is no method; {XDeepError} as `loadPackage`
 */
export async function resolveMethods(names: readonly string[]): Promise<readonly NamedMethod[]> {
  return Promise.all([...new Set(names)].map(resolveMethod));
}

async function resolveMethod(name: string): Promise<NamedMethod> {
  const alone = aloneMethod(name);
  if (alone !== null) return { name, rule: "standard", wrappers: [], alone };
  const parts = name.split("-");
  const own = parts.findIndex((part) => part !== "integrated" && part !== "smooth");
  const outer = own < 0 ? parts : parts.slice(0, own);
  const rest = own < 0 ? [] : parts.slice(own);
  const builtIn = gradientOf(rest);
  if (builtIn !== null) return checkNesting({ name, rule: builtIn.rule, wrappers: [...outer, ...builtIn.wrappers] as Wrapper[] });
  for (let length = rest[0] === "" ? 0 : rest.length; length > 0; length--) {
    const inner = gradientOf(rest.slice(length));
    const found = inner === null || RULES.has(rest[0]!) ? null : findPackage("method", rest.slice(0, length).join("-"));
    if (found === null) continue;
    const method = await loadPackage<PackagedMethod["run"]>("method", found);
    return checkNesting({ name, rule: inner!.rule, wrappers: [...(outer as Wrapper[]), method, ...inner!.wrappers] });
  }
  throw unknownMethod(name, rest[0] === "" || RULES.has(rest[0]!) ? [] : packageNames("method", rest.join("-")));
}

/** What words that are all built in mean: wrappers and a rule at the end, "standard" where there is none. Null where one is not built in. */
function gradientOf(words: readonly string[]): Pick<NamedMethod, "rule" | "wrappers"> | null {
  const rule = RULES.get(words.at(-1) ?? "");
  const wrappers = rule === undefined ? words : words.slice(0, -1);
  if (!wrappers.every((word) => word === "integrated" || word === "smooth")) return null;
  return { rule: rule ?? "standard", wrappers: wrappers as Wrapper[] };
}

function checkNesting(method: NamedMethod): NamedMethod {
  if (new Set(method.wrappers).size === method.wrappers.length) return method;
  throw unknownMethod(method.name, []);
}

function unknownMethod(name: string, tried: readonly string[]): UsageError {
  const packages =
    tried.length === 0 ? "" : ` Nor is there a package ${tried.map((specifier) => `"${printable(specifier)}"`).join(" or ")} in ${process.cwd()} or above.`;
  const words = [...Object.keys(METHOD_WORDS), ...Object.keys(ALONE_WORDS)];
  const [asked = name] = name.split(/[@:]/);
  return new UsageError(
    `There is no method "${name}".${didYouMeanJoined(asked, words, Object.keys(METHOD_WORDS))} Methods are ${words.join(", ")}, and combinations such as smooth-guided or smooth-integrated.${packages}`,
  );
}

/** The gradient that a method takes at x before anything else, at the input or at a layer; null where it begins otherwise. */
export type FirstGradient =
  | { readonly rule: RectifierRule; readonly at: "input" }
  | { readonly rule: "standard"; readonly at: "layer"; readonly layer: string | undefined };

export function firstGradient({ rule, wrappers, alone }: NamedMethod): FirstGradient | null {
  if (alone === undefined) return wrappers.length === 0 ? { rule, at: "input" } : null;
  const { beginsAt } = ALONE_WORDS[alone.word]!;
  if (beginsAt === "layer") return { rule: "standard", at: "layer", layer: alone.layer };
  return beginsAt === "input" ? { rule: "standard", at: "input" } : null;
}

/**
 * The explainer that a name means.
 *
 * @throws {XDeepError} OPTION_INVALID for parameters out of their range; CAPABILITY_MISSING when the backend lacks the rule
 */
export function createExplainer(model: Model, { rule, wrappers, alone }: NamedMethod, settings: MethodSettings): Explainer {
  if (alone !== undefined) {
    const { steps, baseline, methodOption } = settings;
    return ALONE_WORDS[alone.word]!.create(model, { layer: alone.layer, variant: alone.variant, n: steps, baseline, methodOption });
  }
  const gradient: Explainer = new Backprop(model, rule === "standard" ? { rule } : { rule, rectifiers: settings.rectifiers });
  return wrappers.reduceRight((inner, wrapper) => wrap(inner, wrapper, settings), gradient);
}

function wrap(inner: Explainer, wrapper: Wrapper, settings: MethodSettings): Explainer {
  if (wrapper === "integrated") return integratedOver(inner, settings);
  if (wrapper === "smooth") return smoothOver(inner, settings);
  const explainer = wrapper.run(inner, settings.methodOption ?? {});
  checkExplainer(explainer);
  return explainer;
}

function integratedOver(inner: Explainer, { steps, quadrature, tolerance, multiplyByInputs, baseline }: MethodSettings): Explainer {
  const asked = typeof tolerance === "object" ? { relativeTolerance: tolerance.share } : { tolerance };
  return integrated(inner, { n: steps, quadrature, ...asked, multiplyByInputs, baseline });
}

function smoothOver(inner: Explainer, { samples, noiseLevel, noiseStd, seed, aggregate }: MethodSettings): Explainer {
  return smooth(inner, { n: samples, noiseLevel, std: noiseStd, seed, aggregate });
}
