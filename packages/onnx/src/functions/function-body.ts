import type { AttributeProto, FunctionProto, NodeProto } from "../gen/onnx_pb.ts";
import { namesOfNodes, takeName } from "../graphs/graph-names.ts";
import { mapGraphs } from "../graphs/map-graphs.ts";
import { nodeProto } from "../graphs/node.ts";
import { type Rename, renameNode } from "../graphs/rename-nodes.ts";
import { withFields } from "../graphs/with-fields.ts";

/**
 * The nodes of a function with the values and attributes of one call in place of its parameters, under names that are not taken yet.
 * They compute the call's outputs by the call's names.
 */
export function functionBody(proto: FunctionProto, call: NodeProto, taken: Set<string>): NodeProto[] {
  const scope = call.name || call.output.find((name) => name !== "") || proto.name;
  const rename = namesForCall(proto, call, scope, taken);
  const bind = attributesForCall(proto, call);
  const nodes = proto.node.map((node) => renameNode(node, rename, scope)).map((node) => bindNode(node, bind));
  return [...nodes, ...passedThrough(proto, call, rename)];
}

/** Parameters become the call's values, everything else gets a new name. An optional input that is left out is left out inside, too. */
function namesForCall(proto: FunctionProto, call: NodeProto, scope: string, taken: Set<string>): Rename {
  const names = new Map<string, string>([["", ""]]);
  proto.input.forEach((name, index) => names.set(name, call.input[index] ?? ""));
  proto.output.forEach((name, index) => {
    const output = call.output[index] ?? "";
    if (output !== "" && !names.has(name)) names.set(name, output);
  });
  for (const name of namesOfNodes(proto.node)) {
    if (!names.has(name)) names.set(name, takeName(taken, `${scope}/${name}`));
  }
  return (name) => names.get(name) ?? name;
}

/** A function may return what it was given, or one value twice. */
function passedThrough(proto: FunctionProto, call: NodeProto, rename: Rename): NodeProto[] {
  return proto.output.flatMap((name, index) => {
    const output = call.output[index] ?? "";
    return output === "" || rename(name) === output ? [] : [nodeProto("Identity", [rename(name)], [output])];
  });
}

/** An attribute of the call, the function's default, or undefined: then the attribute that refers to it is absent. */
function attributesForCall(proto: FunctionProto, call: NodeProto): (name: string) => AttributeProto | undefined {
  const given = new Map([...proto.attributeProto, ...call.attribute].map((attribute) => [attribute.name, attribute]));
  return (name) => given.get(name);
}

function bindNode(node: NodeProto, bind: (name: string) => AttributeProto | undefined): NodeProto {
  const attribute = node.attribute.flatMap((entry) => {
    if (entry.refAttrName === "") return [mapGraphs(entry, (graph) => withFields(graph, { node: graph.node.map((inner) => bindNode(inner, bind)) }))];
    const value = bind(entry.refAttrName);
    return value === undefined ? [] : [withFields(value, { name: entry.name })];
  });
  return withFields(node, { attribute });
}
