import { type MethodDescription, type Model, XDeepError } from "@xdeep/core";
import { builtinWriters } from "@xdeep/export";
import type { BaselineOption } from "@xdeep/integrated";

import { DEFAULT_POINTS, type ExportFlags } from "../commands/export-flags.ts";
import { ALONE_WORDS } from "../explain/methods/alone-method.ts";
import { checkSettings } from "../explain/methods/method-settings.ts";
import { METHOD_WORDS, createExplainer, resolveMethods } from "../explain/methods/method.ts";

/**
 * The descriptions of the methods that words name: one, or several by what their outputs' names end in.
 *
 * @throws {UsageError} for a word that names no method; {XDeepError} OPTION_INVALID for parameters out of their range, and for a method that no file can hold
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
  for (const [word, method] of described) checkWritable(word, method);
  if (described.length === 1) return described[0]![1];
  return Object.fromEntries(described.map(([word, method]) => [word.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_"), method]));
}

function checkWritable(word: string, method: MethodDescription): void {
  const isWritable = (name: string): boolean => Object.hasOwn(builtinWriters, name);
  for (let each: MethodDescription | undefined = method; each !== undefined; each = each.of) {
    if (isWritable(each.name)) continue;
    const words = [...Object.keys(METHOD_WORDS), ...Object.keys(ALONE_WORDS).filter(isWritable)];
    throw new XDeepError(
      "OPTION_INVALID",
      `"${word}" cannot be written into a file; xdeep explain explains by it. Files hold ${words.join(", ")}, and combinations of the first five.`,
      { details: { method: word, writable: words } },
    );
  }
}
