import { type Aggregate, smooth } from "@xdeep/smooth";
import { type BaselineOption, type QuadratureName, integrated } from "@xdeep/integrated";
import type { Explainer, Model, Rule } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { InvalidArgumentError } from "commander";

import { splitList } from "../commands/parse-flag.ts";

/** What a user can name, with one line on what it means. */
export const METHOD_WORDS: Readonly<Record<"vanilla" | "guided" | "deconvnet" | "integrated" | "smooth", string>> = {
  vanilla: "the gradient dF/dx, how the score changes with each input value: exact, and noisy to look at",
  guided: "gradients positive at every rectifier that was on: sharp, shows the input more than the decision",
  deconvnet: "gradients positive at every rectifier, on or off: the classic DeconvNet pictures",
  integrated: "mean gradient from a baseline to x, times x - baseline: sums to F(x) - F(baseline)",
  smooth: "mean gradient of noisy copies of x (SmoothGrad): less speckle",
};

type Word = keyof typeof METHOD_WORDS;
type Wrapper = "integrated" | "smooth";

/** A method as it was named: a rule for the gradient, and what is wrapped around it, outermost first. */
export interface NamedMethod {
  readonly name: string;
  readonly rule: Rule;
  readonly wrappers: readonly Wrapper[];
}

/** Parameters of every method; what a method does not use is ignored, what is undefined has the default of its package. */
export interface MethodSettings {
  readonly rectifiers?: readonly string[] | undefined;
  readonly steps?: number | undefined;
  readonly quadrature?: QuadratureName | undefined;
  readonly tolerance?: number | undefined;
  readonly multiplyByInputs?: boolean | undefined;
  readonly baseline?: BaselineOption | undefined;
  readonly samples?: number | undefined;
  readonly noiseLevel?: number | undefined;
  readonly noiseStd?: number | undefined;
  readonly seed?: number | undefined;
  readonly aggregate?: Aggregate | undefined;
}

const RULES: Readonly<Partial<Record<Word, Rule>>> = { vanilla: "standard", guided: "guided", deconvnet: "deconvnet" };

/**
 * Methods by name, with commas between. Words joined by "-" nest, outermost first: "smooth-integrated-guided".
 *
 * @throws {InvalidArgumentError} for a name that is no method
 */
export function parseMethods(text: string): readonly NamedMethod[] {
  const names = [...new Set(splitList(text))];
  return names.map(parseMethod);
}

function parseMethod(name: string): NamedMethod {
  const words = name.split("-");
  const last = words.at(-1)!;
  const rule = RULES[last as Word];
  const wrappers = rule === undefined ? words : words.slice(0, -1);
  const known = wrappers.every((word): word is Wrapper => word === "integrated" || word === "smooth");
  if (!known || new Set(wrappers).size < wrappers.length) {
    throw new InvalidArgumentError(
      `There is no method "${name}". Methods are ${Object.keys(METHOD_WORDS).join(", ")}, and combinations such as smooth-guided or smooth-integrated.`,
    );
  }
  return { name, rule: rule ?? "standard", wrappers: wrappers as Wrapper[] };
}

/**
 * The explainer that a name means.
 *
 * @throws {XDeepError} OPTION_INVALID for parameters out of their range; CAPABILITY_MISSING when the backend lacks the rule
 */
export function createExplainer(model: Model, { rule, wrappers }: NamedMethod, settings: MethodSettings): Explainer {
  const gradient: Explainer = new Backprop(model, rule === "standard" ? { rule } : { rule, rectifiers: settings.rectifiers });
  return wrappers.reduceRight((inner, wrapper) => (wrapper === "integrated" ? integratedOver(inner, settings) : smoothOver(inner, settings)), gradient);
}

function integratedOver(inner: Explainer, { steps, quadrature, tolerance, multiplyByInputs, baseline }: MethodSettings): Explainer {
  return integrated(inner, { n: steps, quadrature, tolerance, multiplyByInputs, baseline });
}

function smoothOver(inner: Explainer, { samples, noiseLevel, noiseStd, seed, aggregate }: MethodSettings): Explainer {
  return smooth(inner, { n: samples, noiseLevel, std: noiseStd, seed, aggregate });
}
