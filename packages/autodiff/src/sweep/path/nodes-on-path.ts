import type { NodeProto } from "@xdeep/onnx";
import type { ActivePath } from "./active-path.ts";
import { activeSubgraph } from "./active-subgraph.ts";
import { subgraphWirings } from "../../graph/subgraph-wiring.ts";
import type { TypedGraph } from "../../graph/typed-graph.ts";

/** A node and the graph or subgraph that it stands in. */
export interface PlacedNode {
  readonly node: NodeProto;
  readonly graph: TypedGraph;
}

/** The nodes on a path, those in subgraphs included. */
export function nodesOnPath(graph: TypedGraph, path: ActivePath): readonly PlacedNode[] {
  return path.nodes.flatMap((node) => [
    { node, graph },
    ...subgraphWirings(node).flatMap((wiring) => {
      const inner = activeSubgraph(graph, path, node, wiring);
      return inner === null ? [] : nodesOnPath(inner.graph, inner.path);
    }),
  ]);
}
