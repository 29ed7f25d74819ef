import { type Model, type Target, type TargetOption, sizeOf } from "@xdeep/core";
import { targetAt } from "@xdeep/core/backend";
import { resolveInput, scoreRows, toFloat64 } from "@xdeep/core/method";

import type { Labels } from "../inputs/labels.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";

/** What the entries of an output are. Only a final Softmax, LogSoftmax or Sigmoid makes them probabilities. */
export type EntryKind = "probabilities" | "log-probabilities" | "sigmoid-probabilities" | "scores";

/** An entry of the output. */
export interface ScoredEntry {
  readonly target: Target;
  /** Of the class, where labels were given. */
  readonly name: string | null;
  readonly value: number;
}

/** What the model says to an input, before anything is explained. */
export interface ScoredInput {
  readonly output: string;
  readonly kind: EntryKind;
  /** Classes of a row of the output, where it has only that axis. */
  readonly classes: number | null;
  /** One per row. */
  readonly targets: readonly Target[];
  /** The highest entries of every row. */
  readonly top: readonly (readonly ScoredEntry[])[];
}

export interface ScoreInputOptions {
  readonly target: TargetOption;
  readonly output?: string | undefined;
  readonly labels: Labels | null;
  /** How many entries of each row are kept. */
  readonly count: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the model forward, and fixes the target of every row.
 *
 * @throws {XDeepError} the codes of `scoreRows`
 */
export async function scoreInput(model: Model, { feeds }: PreparedInput, { target, output, labels, count, signal }: ScoreInputOptions): Promise<ScoredInput> {
  const score = model.capabilities.logits ? "logit" : "probability";
  const result = await scoreRows(model, resolveInput(model, feeds), { target, output, score, signal });
  const tensor = result.outputs[result.output]!;
  const values = toFloat64(tensor);
  const [rows = 1, ...axes] = tensor.dims;
  const size = sizeOf(axes);
  const row = (n: number): Float64Array => values.subarray(n * size, (n + 1) * size);
  return {
    output: result.output,
    kind: entryKind(row(0), score === "probability" ? null : !row(0).includes(result.scores[0]!)),
    classes: axes.filter((dim) => dim !== 1).length <= 1 ? size : null,
    targets: result.target,
    top: Array.from({ length: rows }, (_, n) =>
      highest(row(n), count).map((index) => {
        const entry = targetAt(index, axes);
        return { target: entry, name: nameOf(entry, labels), value: row(n)[index]! };
      }),
    ),
  };
}

/** The name of a class, where there is one. */
export function nameOf(target: Target, labels: Labels | null): string | null {
  return typeof target === "number" ? (labels?.[target] ?? null) : null;
}

/** `hasActivation`: the logit differs from the output's entry; null where the backend has no logits. Which activation it is, the entries tell. */
function entryKind(row: Float64Array, hasActivation: boolean | null): EntryKind {
  if (hasActivation === false) return "scores";
  if (row.every((value) => value >= 0 && value <= 1)) {
    if (row.length > 1 && isOne(sum(row))) return "probabilities";
    return hasActivation === true ? "sigmoid-probabilities" : "scores";
  }
  return row.every((value) => value <= 0) && isOne(sum(row.map(Math.exp))) ? "log-probabilities" : "scores";
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Within what half precision adds up to. */
function isOne(value: number): boolean {
  return Math.abs(value - 1) < 0.01;
}

/** Indices of the highest values, highest first. */
function highest(values: Float64Array, count: number): readonly number[] {
  const best: number[] = [];
  values.forEach((value, index) => {
    if (best.length === count && value <= values[best.at(-1)!]!) return;
    const at = best.findIndex((other) => values[other]! < value);
    best.splice(at < 0 ? best.length : at, 0, index);
    if (best.length > count) best.pop();
  });
  return best;
}
