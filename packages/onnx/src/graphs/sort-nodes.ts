import { XDeepError } from "@xdeep/core";
import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { operandsOf } from "./graph-names.ts";
import { mapGraphs } from "./map-graphs.ts";
import { withAttributes, withFields } from "./with-fields.ts";

/**
 * A graph whose nodes, and those of its subgraphs, come after the nodes that they depend on. A graph in order, which nearly all are, is returned as it is.
 *
 * @throws {XDeepError} MODEL_INVALID where nodes depend on each other in a circle
 */
export function sortGraph(graph: GraphProto): GraphProto {
  const node = sortNodes(graph.node);
  return node === graph.node ? graph : withFields(graph, { node: [...node] });
}

/** As `sortGraph`, for a list of nodes. */
export function sortNodes(nodes: readonly NodeProto[]): readonly NodeProto[] {
  const inner = nodes.map(withSortedGraphs);
  const sorted = inOrder(inner);
  return sorted.every((node, index) => node === nodes[index]) ? nodes : sorted;
}

function withSortedGraphs(node: NodeProto): NodeProto {
  return withAttributes(
    node,
    node.attribute.map((entry) => mapGraphs(entry, sortGraph)),
  );
}

/** Depth first from each node in turn, so that nodes stay where they are unless they must move. */
function inOrder(nodes: readonly NodeProto[]): readonly NodeProto[] {
  const producers = new Map(nodes.flatMap((node) => node.output.filter((name) => name !== "").map((name) => [name, node] as const)));
  const dependencies = (node: NodeProto): Iterator<NodeProto> =>
    operandsOf(node)
      .map((name) => producers.get(name))
      .filter((producer) => producer !== undefined)
      .values();
  const done = new Set<NodeProto>();
  const open = new Set<NodeProto>();
  for (const root of nodes) {
    const stack: { readonly node: NodeProto; readonly rest: Iterator<NodeProto> }[] = [];
    const enter = (node: NodeProto): void => {
      if (done.has(node)) return;
      if (open.has(node)) throw circular([...open]);
      open.add(node);
      stack.push({ node, rest: dependencies(node) });
    };
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.rest.next();
      if (next.done !== true) {
        enter(next.value);
        continue;
      }
      stack.pop();
      open.delete(top.node);
      done.add(top.node);
    }
  }
  return [...done];
}

/**
 * Sorted nodes, each moved to the front as far as what it depends on allows. Engines hold the nodes that could run in a list that they search again and again:
 * the derivatives of a thousand activations, which could all run before the first of them is needed, make starting a session a matter of minutes.
 */
export function earliestOrder(nodes: readonly NodeProto[]): readonly NodeProto[] {
  const levels = new Map<string, number>();
  const placed = nodes.map((node, index) => {
    const level = operandsOf(node).reduce((last, name) => Math.max(last, levels.get(name) ?? 0), 0);
    for (const name of node.output) levels.set(name, level + 1);
    return { node, level, index };
  });
  return placed.toSorted((a, b) => a.level - b.level || a.index - b.index).map(({ node }) => node);
}

function circular(open: readonly NodeProto[]): XDeepError {
  const labels = open.slice(-4).map(({ opType, name, output }) => `${opType} "${name || (output[0] ?? "")}"`);
  return new XDeepError("MODEL_INVALID", `Nodes of the graph depend on each other in a circle, among them ${labels.join(", ")}. Export the model again.`, {
    details: { nodes: labels },
  });
}
