import type { Facts } from "../../graphs/facts.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Losses of scores [N, C, …] against labels [N, …]. */
export const lossRules: InferenceRules = {
  NegativeLogLikelihoodLoss: (node) => [loss(node)],
  SoftmaxCrossEntropyLoss: (node) => [loss(node), tensor(node.type(0), node.dims(0))],
};

function loss(node: NodeView): Facts {
  return tensor(node.type(0), node.attributes.string("reduction", "mean") === "none" ? (node.dims(1) ?? node.dims(0)?.toSpliced(1, 1) ?? null) : []);
}
