import type { Dim } from "@xdeep/onnx";
import type { TypedGraph } from "../graph/typed-graph.ts";

/**
 * The axis behind the leading one that holds the batch, as in [steps, batch, classes] of a network that reads text: null where the names of sizes do not show one.
 *
 * @param shared names of the inputs that have no batch axis
 */
export function batchAxisBehind(graph: TypedGraph, name: string, shared: ReadonlySet<string> = new Set()): number | null {
  const inputs = graph.graph.input.filter((input) => !shared.has(input.name)).map((input) => graph.facts.get(input.name)?.dims ?? []);
  // A name that inputs have at several axes, as "?" of some exporters, says nothing.
  const symbols = inputs
    .flatMap(([leading]) => (typeof leading === "string" ? [leading] : []))
    .filter((symbol) => !inputs.some((dims) => dims.indexOf(symbol, 1) > 0));
  const [leading = null, ...behind] = graph.facts.get(name)?.dims ?? [];
  const place = behind.findIndex((dim) => typeof dim === "string" && symbols.includes(dim));
  return place < 0 || (leading !== null && symbols.includes(String(leading))) ? null : place + 1;
}

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
  if (batchAxisBehind(graph, name, shared) !== null) return false;
  if (typeof leading === "number") return inputs.every((input) => input[0] === null) ? null : false;
  return leading !== null && inputs.some((input) => input.includes(leading)) ? false : null;
}
