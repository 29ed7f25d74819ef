import type { MethodDescription, Model } from "@xdeep/core";
import { RELEVANCE_RULES, RULES } from "@xdeep/core/method";

import type { WrittenExplainer } from "./written-explainer.ts";
import { type ExportedMethods, namedMethods } from "./asked/exported-methods.ts";
import type { ExportOptions } from "./asked/options.ts";
import { asWritten } from "./methods/tolerance/nested-rule.ts";
import { VERSION } from "./version.ts";

/** Methods that are a rule of their own go by its name. */
const RULE_NAMES: readonly string[] = [...RULES, ...RELEVANCE_RULES];

/** Where the file comes from, for its `metadata_props`: enough to make it again. */
export function metadataOf(model: Model, methods: ExportedMethods, options: ExportOptions, written: WrittenExplainer): Readonly<Record<string, string>> {
  const [, first] = namedMethods(methods)[0]!;
  const chain = [...inward(first)];
  const innermost = chain.at(-1)!;
  const baseline = chain.find(({ parameters }) => parameters["baseline"] !== undefined)?.parameters["baseline"];
  return {
    "xdeep.method": JSON.stringify(described(methods)),
    "xdeep.profile": options.profile ?? "portable",
    "xdeep.target": options.targetInput === true ? "input" : options.target == null ? "argmax" : JSON.stringify(options.target),
    "xdeep.score": written.score,
    "xdeep.rule": RULE_NAMES.includes(innermost.name) ? innermost.name : "standard",
    ...(innermost.parameters["rectifiers"] === undefined ? {} : { "xdeep.rectifiers": JSON.stringify(innermost.parameters["rectifiers"]) }),
    ...(baseline === undefined ? {} : { "xdeep.baseline": JSON.stringify(baseline) }),
    ...(written.layers.length === 0 ? {} : { "xdeep.layer": JSON.stringify(written.layers) }),
    "xdeep.outputs": JSON.stringify(written.outputs.map(({ name }) => name)),
    "xdeep.versions": JSON.stringify({ ...model.versions, "@xdeep/export": VERSION }),
  };
}

/** The methods as the file has them. */
function described(methods: ExportedMethods): ExportedMethods {
  const written = namedMethods(methods).map(([suffix, method]) => [suffix.slice(1), asWritten(method)] as const);
  return written[0]![0] === "" ? written[0]![1] : Object.fromEntries(written);
}

function* inward(method: MethodDescription): Generator<MethodDescription, void> {
  for (let each: MethodDescription | undefined = method; each !== undefined; each = each.of) yield each;
}
