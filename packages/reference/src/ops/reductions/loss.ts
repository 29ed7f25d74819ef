import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, scalar64, value64 } from "../../arrays/value64.ts";
import { logSumExp } from "../../math/softmax-line.ts";
import { mapLines } from "../../arrays/axis-lines.ts";

/** −weight[label] · logProbability[label] per label, then none, sum or mean (Σ loss / Σ weight); ignored labels count for nothing. */
function likelihoodLoss(call: OperatorCall, logProbabilities: Value64): Value64 {
  const [labels, weights] = [call.input(1), call.optional(2)];
  const ignored = call.attributes.int("ignore_index");
  const classes = logProbabilities.dims[1]!;
  const inner = sizeOf(logProbabilities.dims.slice(2));
  const applied = labels.data.map((label) => (label === ignored ? 0 : (weights?.data[label] ?? 1)));
  const losses = labels.data.map((label, i) => {
    if (label === ignored) return 0;
    return -applied[i]! * logProbabilities.data[(Math.floor(i / inner) * classes + label) * inner + (i % inner)]!;
  });
  const reduction = call.attributes.string("reduction", "mean");
  if (reduction === "none") return value64(logProbabilities.type, labels.dims, losses);
  const total = losses.reduce((sum, loss) => sum + loss, 0);
  return scalar64(logProbabilities.type, reduction === "sum" ? total : total / applied.reduce((sum, weight) => sum + weight, 0));
}

function negativeLogLikelihood(call: OperatorCall): readonly Value64[] {
  return [likelihoodLoss(call, call.input(0))];
}

function softmaxCrossEntropy(call: OperatorCall): readonly Value64[] {
  const logProbabilities = mapLines(call.input(0), 1, (line) => {
    const total = logSumExp(line);
    return line.map((x) => x - total);
  });
  return [likelihoodLoss(call, logProbabilities), logProbabilities];
}

/** Losses of classifiers. */
export const lossOperators: OperatorTable = { NegativeLogLikelihoodLoss: negativeLogLikelihood, SoftmaxCrossEntropyLoss: softmaxCrossEntropy };
