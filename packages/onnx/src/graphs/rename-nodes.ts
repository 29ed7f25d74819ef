import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { shortened } from "./graph-names.ts";
import { mapGraphs } from "./map-graphs.ts";
import { withFields } from "./with-fields.ts";

/** The new name of a value; the old one where it stays. */
export type Rename = (name: string) => string;

/** A node under other names, values in its subgraphs included; its own name is put into a scope. */
export function renameNode(node: NodeProto, rename: Rename, scope: string): NodeProto {
  return withFields(node, {
    input: node.input.map(rename),
    output: node.output.map(rename),
    name: node.name === "" ? "" : `${shortened(scope)}/${node.name}`,
    attribute: node.attribute.map((attribute) => mapGraphs(attribute, (graph) => renameGraph(graph, rename, scope))),
  });
}

/** A graph under other names. */
export function renameGraph(graph: GraphProto, rename: Rename, scope: string): GraphProto {
  const renamed = <T extends GraphProto["input"][number] | GraphProto["initializer"][number]>(item: T): T =>
    withFields(item, { name: rename(item.name) } as Partial<T>);
  return withFields(graph, {
    node: graph.node.map((node) => renameNode(node, rename, scope)),
    input: graph.input.map(renamed),
    output: graph.output.map(renamed),
    initializer: graph.initializer.map(renamed),
    sparseInitializer: graph.sparseInitializer.map((sparse) => (sparse.values === undefined ? sparse : withFields(sparse, { values: renamed(sparse.values) }))),
    valueInfo: [],
    quantizationAnnotation: [],
  });
}
