import type { Message } from "@bufbuild/protobuf";
import type { AttributeProto, GraphProto, NodeProto } from "../gen/onnx_pb.ts";

/** A copy of a message with other values in some fields. Everything else is shared with the original, fields that this version does not know included. */
export function withFields<T extends Message>(message: T, changes: Partial<Omit<T, "$typeName" | "$unknown">>): T {
  // The prototype holds the defaults of fields that are not set.
  return Object.assign(Object.create(Object.getPrototypeOf(message) as object | null) as T, message, changes);
}

/** A graph with these nodes in place of its own; the graph itself where they are its own. */
export function withNodes(graph: GraphProto, node: NodeProto[]): GraphProto {
  return isSameList(node, graph.node) ? graph : withFields(graph, { node });
}

/** A node with these attributes in place of its own; the node itself where they are its own. */
export function withAttributes(node: NodeProto, attribute: AttributeProto[]): NodeProto {
  return isSameList(attribute, node.attribute) ? node : withFields(node, { attribute });
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

/** A copy of a message with some fields not set, as opposed to set to their defaults; lists become empty. */
export function withoutFields<T extends Message>(message: T, names: readonly Exclude<keyof T, "$typeName">[]): T {
  const copy = withFields(message, {});
  for (const name of names) {
    if (Array.isArray(copy[name])) copy[name] = [] as T[typeof name];
    else delete copy[name];
  }
  return copy;
}
