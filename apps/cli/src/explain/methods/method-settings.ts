import { XDeepError } from "@xdeep/core";

import { flagName } from "../../cli-words.ts";
import { ALONE_WORDS } from "./alone-method.ts";
import { METHOD_WORDS, type NamedMethod } from "./method.ts";
import type { Setting } from "./settings.ts";

type Given = { readonly [S in Setting]?: unknown };

/** What words that nest take. */
const NESTING: Readonly<Record<keyof typeof METHOD_WORDS, readonly Setting[]>> = {
  vanilla: [],
  guided: ["rectifiers"],
  deconvnet: ["rectifiers"],
  integrated: ["steps", "quadrature", "tolerance", "multiplyByInputs", "baseline"],
  smooth: ["samples", "noiseLevel", "noiseStd", "seed", "aggregate"],
};

/** Flags that are called otherwise than the setting. */
const FLAGS: { readonly [S in Setting]?: string } = { multiplyByInputs: "--no-multiply-by-inputs" };

/** Every setting that a command line can give. */
export const SETTINGS: readonly Setting[] = [
  "aggregate",
  "baseline",
  "methodOption",
  "multiplyByInputs",
  "noiseLevel",
  "noiseStd",
  "quadrature",
  "rectifiers",
  "samples",
  "seed",
  "steps",
  "takeMax",
  "tolerance",
  "wrt",
] satisfies readonly Setting[];

/** The settings that change what a method gives. */
export function settingsOf({ rule, wrappers, alone }: NamedMethod): ReadonlySet<Setting> {
  if (alone !== undefined) return new Set(ALONE_WORDS[alone.word]!.takes);
  const gradient = NESTING[rule === "standard" ? "vanilla" : rule];
  return new Set([
    "takeMax",
    "wrt",
    ...gradient,
    ...wrappers.flatMap((wrapper) => (typeof wrapper === "string" ? NESTING[wrapper] : ["methodOption" as const])),
  ]);
}

/**
 * Refuses settings that none of the methods takes: they would change nothing, in silence. Where methods are compared, a setting is for those that take it.
 *
 * @param others settings that something else than methods takes
 * @throws {XDeepError} OPTION_INVALID naming the methods that take it
 */
export function checkSettings(methods: readonly NamedMethod[], given: Given, others: readonly Setting[] = []): void {
  const unheard = SETTINGS.find(
    (setting) => isGiven(setting, given) && !others.includes(setting) && methods.every((method) => !settingsOf(method).has(setting)),
  );
  if (unheard === undefined) return;
  const takers = takersOf(unheard);
  const names = methods.map(({ name }) => name);
  throw new XDeepError(
    "OPTION_INVALID",
    `${flagOf(unheard)} is not for ${names.join(", ")}, and would change nothing. Leave it out, or add a method that takes it: ${takers.join(", ")}.`,
    { details: { option: unheard, methods: names, takers } },
  );
}

/** Where some methods of a list follow paths to a layer: what they do not take of those for paths in the input, which a comparison may rest on. */
export function settingWarnings(methods: readonly NamedMethod[], given: Given): readonly string[] {
  const onPaths = NESTING.integrated.filter((setting) => isGiven(setting, given));
  return methods.flatMap((method) => {
    const taken = settingsOf(method);
    return !taken.has("steps")
      ? []
      : onPaths.filter((setting) => !taken.has(setting)).map((setting) => `${method.name} takes no ${flagOf(setting)}: it is left out there.`);
  });
}

/** Words of built-in methods that take a setting, and what packages of others are called. */
function takersOf(setting: Setting): readonly string[] {
  if (setting === "takeMax" || setting === "wrt") return [...Object.keys(METHOD_WORDS), ...aloneTakers(setting)];
  const nesting = Object.entries(NESTING).filter(([, settings]) => settings.includes(setting));
  return [...nesting.map(([word]) => word), ...aloneTakers(setting), ...(setting === "methodOption" ? ["methods of others"] : [])];
}

function aloneTakers(setting: Setting): readonly string[] {
  return Object.entries(ALONE_WORDS).flatMap(([word, { takes }]) => (takes.includes(setting) ? [word] : []));
}

/** Switches that are off were not given. */
function isGiven(setting: Setting, given: Given): boolean {
  if (setting === "multiplyByInputs") return given[setting] === false;
  return given[setting] !== undefined && given[setting] !== false;
}

function flagOf(setting: Setting): string {
  return FLAGS[setting] ?? flagName(setting);
}
