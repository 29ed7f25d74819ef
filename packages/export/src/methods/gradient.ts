import type { MethodDescription, Rule } from "@xdeep/core";

import type { Rows, WriterContext, WrittenAttribution } from "./writer.ts";

/** "vanilla", "guided", "deconvnet", and the rules of relevance: one pass backward under one rule. */
export function writeGradient(context: WriterContext, { name, parameters }: MethodDescription, rows: Rows): WrittenAttribution {
  const { rectifiers, ...rest } = parameters;
  const rule: Rule = name === "vanilla" ? "standard" : Object.keys(rest).length === 0 ? name : { name, ...rest };
  return { values: scoreGradient(context, rows, context.wrt, rule, { rectifiers: rectifiers as readonly string[] | undefined }) };
}

/** What else a pass backward needs. */
interface PassOptions {
  readonly rectifiers?: readonly string[] | undefined;
  /** x′ of every fed float, for rules that compare two runs. */
  readonly references?: WrittenAttribution["values"] | undefined;
}

/** ∂F/∂v, or what another rule gives, for every row, by the names of these values. */
export function scoreGradient(
  { network, scored }: Pick<WriterContext, "network" | "scored">,
  { feeds, target }: Rows,
  wrt: readonly string[],
  rule: Rule = "standard",
  options: PassOptions = {},
): WrittenAttribution["values"] {
  const copy = network.at(feeds);
  return copy.gradient(scored, target.cotangent(copy.value(scored)), wrt, { rule, ...options });
}
