import type { Facts } from "../../graphs/facts.ts";
import { typeAttribute } from "./make.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Normalizations with more than one output. */
export const normRules: InferenceRules = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: layerNormalization,
};

function batchNormalization(node: NodeView): readonly Facts[] {
  const statistics = [3, 4].map((index) => tensor(node.type(index), node.dims(index) ?? [node.dims(0)?.[1] ?? null]));
  checkChannels(node);
  return [tensor(node.type(0), node.dims(0)), ...statistics];
}

function checkChannels(node: NodeView): void {
  const channels = node.dims(0)?.[1];
  const scale = node.dims(1)?.[0];
  if (typeof channels === "number" && typeof scale === "number" && channels !== scale) {
    throw node.invalid(`the input has ${channels} channels, the scale has ${scale}`);
  }
}

/** The normalized tensor, then mean and inverse deviation, whose axes from `axis` on have size 1. */
export function layerNormalization(node: NodeView): readonly Facts[] {
  const dims = node.dims(0);
  const first = dims === null ? 0 : node.axis(node.attributes.int("axis", -1), dims.length);
  const statistic = tensor(typeAttribute(node, "stash_type", "float32"), dims?.map((dim, axis) => (axis < first ? dim : 1)) ?? null);
  return [tensor(node.type(0), dims), statistic, statistic];
}
