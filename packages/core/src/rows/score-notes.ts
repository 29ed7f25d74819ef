import type { Activation, Model, ScoreResult, VjpResult } from "../contract/model.ts";
import type { Tensor } from "../tensors/tensor.ts";

type Outputs = Pick<Model, "outputs">;

/** What should be known of the scores that were explained, in words. */
export function scoreNotes(model: Outputs, results: readonly VjpResult[]): readonly string[] {
  return [...plainScoreNotes(model, results[0]!), ...saturationNotes(model, results)];
}

/** A note where a probability was asked for and the output has none: what is explained then is the output as it is. */
export function plainScoreNotes({ outputs }: Outputs, { output, score }: Pick<ScoreResult, "output" | "score">): readonly string[] {
  if (score !== "probability" || activationOf(outputs, output) !== null) return [];
  return [
    `Output "${output}" has no softmax or sigmoid at its end, so its probability was not found: the score is the output itself, as with the score "logit".`,
  ];
}

function activationOf(outputs: Outputs["outputs"], output: string): Activation | null {
  return outputs.find(({ name }) => name === output)?.activation ?? null;
}

/** How near to 0 or 1 a score is taken for a saturated probability. */
const SATURATED = 1e-3;

/**
 * A note where scores look like saturated probabilities: within 1e-3 of 0 or 1, in a row of numbers between 0 and 1, and no final activation
 * was passed over. Gradients of such a score are nearly zero, and say little about the class.
 */
function saturationNotes({ outputs }: Outputs, results: readonly VjpResult[]): readonly string[] {
  const { output, score } = results[0]!;
  const activation = activationOf(outputs, output);
  if (activation !== null && score === "logit") return [];
  const scores = results.flatMap((result) =>
    [...result.scores].filter((value, row) => isSaturated(value) && isProbability(result.outputs[output], row, result.scores.length)),
  );
  const [first] = scores;
  if (first === undefined) return [];
  const todo = activation === null ? "name the value before the last activation as `output`" : 'ask for score "logit"';
  return [`The score in output "${output}" is ${first}, which looks like a saturated probability: its gradient is nearly zero. To explain the logit, ${todo}.`];
}

function isSaturated(score: number): boolean {
  return Math.abs(score) <= SATURATED || Math.abs(1 - score) <= SATURATED;
}

function isProbability(output: Tensor | undefined, row: number, rows: number): boolean {
  if (output === undefined || output.type !== "float32") return false;
  const size = output.data.length / rows;
  const values = output.data.subarray(row * size, (row + 1) * size);
  return values.every((value) => value >= 0 && value <= 1) && values.some((value) => value > 0);
}
