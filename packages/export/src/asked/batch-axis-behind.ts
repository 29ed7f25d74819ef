import type { TypedGraph } from "@xdeep/autodiff";

/**
 * The axis behind the leading one that holds the batch, as in [steps, batch, classes] of a network that reads text: null where the names of sizes do not show one.
 *
 * @param shared names of the inputs that have no batch axis
 */
export function batchAxisBehind(graph: TypedGraph, name: string, shared: ReadonlySet<string>): number | null {
  const inputs = graph.graph.input.filter((input) => !shared.has(input.name)).map((input) => graph.facts.get(input.name)?.dims ?? []);
  // A name that inputs have at several axes, as "?" of some exporters, says nothing.
  const symbols = inputs
    .flatMap(([leading]) => (typeof leading === "string" ? [leading] : []))
    .filter((symbol) => !inputs.some((dims) => dims.indexOf(symbol, 1) > 0));
  const [leading = null, ...behind] = graph.facts.get(name)?.dims ?? [];
  const place = behind.findIndex((dim) => typeof dim === "string" && symbols.includes(dim));
  return place < 0 || (leading !== null && symbols.includes(String(leading))) ? null : place + 1;
}
