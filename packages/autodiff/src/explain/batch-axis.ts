import type { Dim } from "@xdeep/onnx";
import type { TypedGraph } from "../graph/typed-graph.ts";

/**
 * Whether the leading axis of a value is the batch, the leading axis of the graph's inputs: true or false where the dims that are known
 * before a run show it, null where they do not.
 *
 * @param shared names of the inputs that have no batch axis
 */
export function leadsWithBatch(graph: TypedGraph, name: string, shared: ReadonlySet<string> = new Set()): boolean | null {
  const dims = graph.facts.get(name)?.dims ?? null;
  if (shared.has(name)) return false;
  if (dims === null) return null;
  if (dims.length === 0) return false;
  const inputs = graph.graph.input.filter((input) => !shared.has(input.name)).map((input) => graph.facts.get(input.name)?.dims ?? []);
  const [leading] = dims as readonly [Dim];
  if (leading !== null && inputs.some((input) => input[0] === leading)) return true;
  if (typeof leading === "number") return inputs.every((input) => input[0] === null) ? null : false;
  return leading !== null && inputs.some((input) => input.includes(leading)) ? false : null;
}
