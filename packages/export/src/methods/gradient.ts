import { type MethodDescription, type RectifierRule } from "@xdeep/core";

import type { Rows, WriterContext, WrittenAttribution } from "./writer.ts";

/** "vanilla", "guided" and "deconvnet": the gradient of the score under one backward rule. */
export function writeGradient(context: WriterContext, { name, parameters }: MethodDescription, rows: Rows): WrittenAttribution {
  const rule = name === "vanilla" ? "standard" : (name as RectifierRule);
  return { values: scoreGradient(context, rows, context.wrt, rule, parameters["rectifiers"] as readonly string[] | undefined) };
}

/** ∂F/∂v for every row, by the names of these values. */
export function scoreGradient(
  { network, scored }: Pick<WriterContext, "network" | "scored">,
  { feeds, target }: Rows,
  wrt: readonly string[],
  rule: RectifierRule = "standard",
  rectifiers?: readonly string[],
): WrittenAttribution["values"] {
  const copy = network.at(feeds);
  return copy.gradient(scored, target.cotangent(copy.value(scored)), wrt, { rule, rectifiers });
}
