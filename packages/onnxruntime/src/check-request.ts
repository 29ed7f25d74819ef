import { type FloatTensor, type ValueInfo, XDeepError, validateTensor } from "@xdeep/core";
import { type TypedGraph, leadsWithBatch } from "@xdeep/autodiff";
import { notBatched } from "./run-rows.ts";

/** @throws {XDeepError} OPTION_INVALID unless there is one weight per row, and every one is finite */
export function checkedWeights(weights: Float32Array | undefined, rows: number): Float32Array | undefined {
  const infinite = weights?.findIndex((weight) => !Number.isFinite(weight)) ?? -1;
  if (infinite >= 0)
    throw new XDeepError("OPTION_INVALID", `Weights are finite numbers, got ${weights![infinite]} for row ${infinite}.`, {
      details: { option: "weights", row: infinite },
    });
  if (weights === undefined || weights.length === rows) return weights;
  throw new XDeepError("OPTION_INVALID", `Expected one weight per row: ${rows}, got ${weights.length}.`, { details: { rows, weights: weights.length } });
}

/** @throws {XDeepError} RESULT_NOT_FINITE for a score that is NaN or infinite */
export function checkFinite(scores: Float32Array, output: string): void {
  const row = scores.findIndex((score) => !Number.isFinite(score));
  if (row < 0) return;
  throw new XDeepError(
    "RESULT_NOT_FINITE",
    `The score of output "${output}" is ${scores[row]} in row ${row}. Check that the input is scaled as the model expects.`,
    { details: { output, row } },
  );
}

/** @throws {XDeepError} BATCH_INVALID where the file shows that the rows of an output do not lie along its leading axis */
export function checkBatched(graph: TypedGraph, output: string, rows: number): void {
  const dims = graph.facts.get(output)?.dims ?? [];
  const isOneRow = rows === 1 && (dims[0] ?? 1) === 1;
  if (!isOneRow && leadsWithBatch(graph, output) === false) throw notBatched(output, dims);
}

/** @throws {XDeepError} OPTION_INVALID for a value that is to be computed and is fed itself */
export function checkComputed(names: readonly string[], fed: readonly string[]): void {
  const both = names.find((name) => fed.includes(name));
  if (both === undefined) return;
  throw new XDeepError("OPTION_INVALID", `"${both}" is fed, so the network does not compute it. Feed a value before it, or ask for another output.`, {
    details: { value: both },
  });
}

/**
 * A cotangent has the dims of its output, as far as they are known, and its leading axis is the batch.
 *
 * @throws {XDeepError} INPUT_SHAPE, INPUT_TYPE, INPUT_NOT_FINITE
 */
export function checkCotangent(cotangent: FloatTensor, output: ValueInfo, rows: number): void {
  const dims = output.dims.length === 0 ? cotangent.dims.map(() => null) : output.dims;
  validateTensor(cotangent, {
    name: `cotangent of ${output.name}`,
    type: "float32",
    dims: dims.map((dim, axis) => (axis === 0 && output.dims.length > 0 ? rows : dim)),
    layout: null,
  });
}

/** The error for a network of integers where no float value is named. */
export function noFloatInput(inputs: readonly ValueInfo[], candidates: readonly string[]): XDeepError {
  const listed = inputs.map(({ name, type }) => `"${name}" (${type})`).join(", ");
  const todo =
    candidates.length === 0
      ? "Name a float value inside the network in `wrt`."
      : `Name a float value inside the network in \`wrt\`: its embeddings are ${candidates.map((name) => `"${name}"`).join(", ")}.`;
  return new XDeepError("WRT_UNKNOWN", `The model has no float input (${listed}), so there is no input gradient. ${todo}`, {
    details: { inputs: inputs.map(({ name }) => name), candidates },
  });
}
