import { mapPairs } from "../../math/elementwise.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { perChannel, scaledAndShifted } from "./normalization.ts";
import { reduced } from "../../arrays/reduce-axes.ts";

/** y = (x − mean) / √(variance + ε) · scale + bias, per channel; the moments are given, or those of the batch in training mode. */
function batchNormalization(call: OperatorCall): readonly Value64[] {
  const [x, mean, variance] = [call.input(0), call.input(3), call.input(4)];
  if (!call.flag("training_mode")) return [normalized(call, mean, variance)];
  const others = x.dims.map((_, axis) => axis).filter((axis) => axis !== 1);
  const batchMean = reduced(x, others, false, average);
  const centered = mapPairs(x, perChannel(batchMean, x.dims.length), (a, b) => (a - b) ** 2);
  const batchVariance = reduced(centered, others, false, average);
  const momentum = call.float("momentum", 0.9);
  const running = (old: Value64, now: Value64): Value64 => mapPairs(old, now, (a, b) => a * momentum + b * (1 - momentum));
  return [normalized(call, batchMean, batchVariance), running(mean, batchMean), running(variance, batchVariance)];
}

function average(elements: Float64Array): number {
  return elements.reduce((sum, element) => sum + element, 0) / elements.length;
}

function normalized(call: OperatorCall, mean: Value64, variance: Value64): Value64 {
  const x = call.input(0);
  const rank = x.dims.length;
  const epsilon = call.float("epsilon", 1e-5);
  const centered = mapPairs(x, perChannel(mean, rank), (a, b) => a - b);
  const deviations = value64(
    variance.type,
    variance.dims,
    variance.data.map((element) => Math.sqrt(element + epsilon)),
  );
  const y = mapPairs(centered, perChannel(deviations, rank), (a, b) => a / b);
  return scaledAndShifted(y, perChannel(call.input(1), rank), perChannel(call.input(2), rank));
}

/** Batch normalization. */
export const batchNormalizationOperators: OperatorTable = { BatchNormalization: batchNormalization };
