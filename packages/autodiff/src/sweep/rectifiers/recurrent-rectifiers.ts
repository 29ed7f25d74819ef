import { Attributes, type NodeProto, isDefaultDomain } from "@xdeep/onnx";

/** The activations of one direction of a recurrent layer, where its node names none. */
export const RECURRENT_ACTIVATIONS: Readonly<Record<"GRU" | "LSTM" | "RNN", readonly string[]>> = {
  GRU: ["Sigmoid", "Tanh"],
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
  RNN: ["Tanh"],
};

/** How many activations of a recurrent node are among the named rectifiers; 0 for other nodes. ScaledTanh counts as Tanh. */
export function recurrentRectifiers(node: NodeProto, rectifiers: readonly string[]): number {
  if (!isDefaultDomain(node.domain) || !Object.hasOwn(RECURRENT_ACTIVATIONS, node.opType)) return 0;
  const attributes = new Attributes(node);
  const own = RECURRENT_ACTIVATIONS[node.opType as keyof typeof RECURRENT_ACTIVATIONS];
  const names = attributes.strings("activations") ?? (attributes.string("direction", "forward") === "bidirectional" ? [...own, ...own] : own);
  const named = new Set(rectifiers.map((name) => name.toLowerCase()));
  return names.filter((name) => named.has(name.toLowerCase().replace("scaledtanh", "tanh"))).length;
}
