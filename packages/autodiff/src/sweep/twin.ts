import { type GraphBuilder, type NodeProto, type Value, operandsOf, renameNode, unknownFacts } from "@xdeep/onnx";
import { shapeOnlyOperators } from "../graph/operator-traits.ts";

/**
 * Writes nodes a second time, for the reference run: those that read a value which differs there. Dims are the same in both runs. Returns what their
 * values are called, by the names in the first run.
 */
export function writeTwin(
  g: GraphBuilder,
  nodes: readonly NodeProto[],
  outside: (value: Value) => Value,
  factsOf: (name: string) => Value["facts"] = (name) => g.facts.get(name) ?? unknownFacts,
): ReadonlyMap<string, string> {
  const twins = new Map<string, string>();
  const rename = (name: string): string => (name === "" ? "" : (twins.get(name) ?? outside({ name, facts: factsOf(name) }).name));
  const copies: NodeProto[] = [];
  for (const node of nodes) {
    if (shapeOnlyOperators.has(node.opType) || operandsOf(node).every((name) => rename(name) === name)) continue;
    const outputs = node.output.filter((name) => name !== "");
    if (outputs.every((name) => factsOf(name).constant !== undefined)) continue;
    for (const name of outputs) {
      const twin = g.freshName(name);
      twins.set(name, twin);
      g.facts.set(twin, factsOf(name));
    }
    copies.push(renameNode(node, rename, "reference"));
  }
  g.append(copies);
  return twins;
}

/** Values of a subgraph by the names that its second copy has for them, others as outside. */
export function twinWithin(names: ReadonlyMap<string, string> | undefined, outside: (value: Value) => Value): (value: Value) => Value {
  return (value) => {
    const name = names?.get(value.name);
    return name === undefined ? outside(value) : { name, facts: value.facts };
  };
}
