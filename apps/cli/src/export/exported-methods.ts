import type { MethodDescription, Model } from "@xdeep/core";
import type { BaselineOption } from "@xdeep/integrated";

import type { ExportFlags } from "../commands/export-flags.ts";
import { checkSettings } from "../explain/method-settings.ts";
import { createExplainer, resolveMethods } from "../explain/method.ts";

/** Points on a path, and draws of noise, where nothing is asked: each costs a gradient in every row of every batch. */
export const DEFAULT_POINTS = 8;

/**
 * The descriptions of the methods that words name: one, or several by what their outputs' names end in.
 *
 * @throws {UsageError} for a word that names no method; {XDeepError} OPTION_INVALID for parameters out of their range
 */
export async function describeMethods(
  model: Model,
  flags: ExportFlags,
  baseline: BaselineOption | undefined,
): Promise<MethodDescription | Readonly<Record<string, MethodDescription>>> {
  const { steps = flags.tolerance === undefined ? DEFAULT_POINTS : undefined, samples = DEFAULT_POINTS } = flags;
  const named = await resolveMethods(flags.method);
  checkSettings(named, flags);
  const described = named.map((method) => [method.name, createExplainer(model, method, { ...flags, steps, samples, baseline }).method] as const);
  if (described.length === 1) return described[0]![1];
  return Object.fromEntries(described.map(([word, method]) => [word.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_"), method]));
}
