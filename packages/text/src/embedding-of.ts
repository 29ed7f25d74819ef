import type { Model, Tensor } from "@xdeep/core";

import type { EncodedText } from "./text-tokenizer.ts";

/**
 * Of the first floats that a model makes of its integers, those that hold the vectors of words and not of positions or types: they change with the ids. It
 * takes two forward runs, and none where there is no choice.
 *
 * @param candidates names of values inside the model, such as `model.entryValues`
 * @returns the first that changes; null where none does
 */
export async function embeddingOf(model: Model, candidates: readonly string[], { feeds, baseline }: EncodedText, signal?: AbortSignal): Promise<string | null> {
  if (candidates.length <= 1) return candidates[0] ?? null;
  const valuesAt = async (fed: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> =>
    (await model.forward({ feeds: fed, outputs: candidates, signal })).outputs;
  const [text, other] = [await valuesAt(feeds), await valuesAt({ ...feeds, ...baseline })];
  return candidates.find((name) => Array.from(text[name]!.data as Float32Array).some((value, at) => value !== other[name]!.data[at])) ?? null;
}
