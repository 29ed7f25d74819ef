import { type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { divRule } from "../arithmetic/div.ts";
import { gatherElementsRule } from "../selection/gather-elements.ts";
import { gatherRule } from "../selection/gather.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { negRule } from "../arithmetic/neg.ts";
import { reduceMeanRule, reduceSumRule } from "../reductions/reduce-sum.ts";
import { squeezeRule } from "../layout/squeeze.ts";
import { whereRule } from "../arithmetic/where.ts";

/** The rules that `likelihoodLoss` is composed of. */
export const likelihoodLossRules: readonly GradientRule[] = [
  divRule,
  gatherElementsRule,
  gatherRule,
  mulRule,
  negRule,
  reduceMeanRule,
  reduceSumRule,
  squeezeRule,
  whereRule,
];

/**
 * −weight[label] · logProbability[label] for every label, reduced as the node says; "mean" divides by the sum of the weights. Labels are the
 * node's input 1, weights its input 2. Ignored labels count for nothing.
 */
export function likelihoodLoss({ g, attributes, input, hasInput }: PullbackContext, logProbabilities: Value): Value {
  const ignored = attributes.int("ignore_index");
  const given = g.cast(input(1), "int64");
  const keeps = ignored === undefined ? null : g.not(g.equal(given, g.int(ignored)));
  const labels = keeps === null ? given : g.where(keeps, given, g.int(0));
  const picked = g.neg(g.squeeze(g.op("GatherElements", [logProbabilities, g.unsqueeze(labels, [1])], { axis: 1 }), [1]));
  const weights = hasInput(2) ? g.gather(input(2), labels, 0) : keeps === null ? null : g.fillLike(picked, 1);
  const applied = weights === null || keeps === null ? weights : g.keepWhere(keeps, weights);
  const losses = applied === null ? picked : g.mul(picked, applied);
  const reduction = attributes.string("reduction", "mean");
  const axes = g.ints(Array.from({ length: rankOf(losses) }, (_, axis) => axis));
  const sum = (value: Value): Value => g.op("ReduceSum", [value, axes], { keepdims: 0 });
  if (reduction === "none") return losses;
  if (reduction === "sum") return sum(losses);
  return applied === null ? g.op("ReduceMean", [losses, axes], { keepdims: 0 }) : g.div(sum(losses), sum(applied));
}
