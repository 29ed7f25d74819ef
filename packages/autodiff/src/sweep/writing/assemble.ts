import {
  type Facts,
  type GraphBuilder,
  type ModelProto,
  type NodeProto,
  type Value,
  type ValueInfoProto,
  earliestOrder,
  nodeProto,
  operandsOf,
  valueInfoProto,
  withFields,
} from "@xdeep/onnx";
import { foldShapes } from "../../graph/fold-shapes.ts";
import type { TypedGraph } from "../../graph/typed-graph.ts";

/** What a written gradient adds to a model. */
export interface Additions {
  readonly builder: GraphBuilder;
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly addedOutputs: ReadonlyMap<NodeProto, ReadonlyMap<number, string>>;
  /** What stands in place of nodes of the model. */
  readonly replaced: ReadonlyMap<NodeProto, readonly NodeProto[]>;
}

/**
 * The model with the builder's nodes after its own: those that the outputs of both need, with known shapes written into them. Weights and untouched
 * nodes are shared, nothing is changed in place.
 */
export function assemble(graph: TypedGraph, additions: Additions): ModelProto {
  const { builder, inputs, outputs, addedOutputs, replaced } = additions;
  const output = [...graph.graph.output, ...outputs];
  const all = [...graph.nodes.flatMap((each) => replaced.get(each) ?? withOutputs(each, addedOutputs.get(each))), ...builder.nodes];
  const names = output.map(({ name }) => name);
  const node = [...foldShapes(builder, all, (name) => builder.facts.get(name) ?? graph.facts.get(name), names)];
  const read = new Set([...names, ...node.flatMap(operandsOf)]);
  return withFields(graph.model, {
    graph: withFields(graph.graph, {
      node: inOrder(node),
      initializer: [...graph.graph.initializer, ...builder.initializers].filter(({ name }) => read.has(name)),
      input: [...graph.graph.input, ...inputs],
      output,
      valueInfo: [...knownShapes(graph, node, builder, new Set(names))],
    }),
  });
}

/** Nodes from which on their order decides how long an engine takes to start. Below, each stands where its result is used soon. */
const MANY_NODES = 2000;

function inOrder(nodes: readonly NodeProto[]): NodeProto[] {
  return nodes.length < MANY_NODES ? [...nodes] : [...earliestOrder(nodes)];
}

/**
 * What is known of the dims of the values that nodes make, for engines that choose layouts by it: ONNX Runtime keeps a product in the blocked
 * layout of its convolutions only where it sees that the factors have equal dims, and with an open batch it does not find the dims behind a
 * Resize itself (3 of 28 ms on EfficientNet-B0). Sizes keep their names where an input has the same name.
 */
function knownShapes(graph: TypedGraph, nodes: readonly NodeProto[], written: GraphBuilder, declared: ReadonlySet<string>): readonly ValueInfoProto[] {
  const names = new Set(graph.graph.input.flatMap(({ name }) => graph.facts.get(name)?.dims ?? []));
  return nodes
    .flatMap(({ output }) => output)
    .flatMap((name) => {
      const known = written.facts.get(name) ?? graph.facts.get(name);
      if (known?.dims == null || known.type === null || known.container !== undefined || declared.has(name)) return [];
      const dims = known.dims.map((dim) => (typeof dim === "number" || names.has(dim) ? dim : null));
      return [valueInfoProto(name, known.type, dims)];
    });
}

function withOutputs(node: NodeProto, added: ReadonlyMap<number, string> | undefined): NodeProto {
  if (added === undefined) return node;
  const length = Math.max(node.output.length, ...[...added.keys()].map((index) => index + 1));
  return withFields(node, { output: Array.from({ length }, (_, index) => added.get(index) ?? node.output[index] ?? "") });
}

/** An output of the model for a value, by a name of its own: the value is passed on by an Identity node. */
export function exportValue(g: GraphBuilder, value: Value, name: string): ValueInfoProto {
  g.nodes.push(nodeProto("Identity", [value.name], [name], {}, { name }));
  return infoOf(name, value.facts);
}

export function infoOf(name: string, facts: Facts): ValueInfoProto {
  return valueInfoProto(name, facts.type ?? "float32", facts.dims);
}

/** The inputs of a reference run. */
export function referenceInfos(references: ReadonlyMap<string, Value>): readonly ValueInfoProto[] {
  return [...references.values()].map(({ name, facts }) => infoOf(name, facts));
}

/** Their names, by the inputs of the network. */
export function referenceNames(references: ReadonlyMap<string, Value>): Readonly<Record<string, string>> {
  return Object.fromEntries([...references].map(([name, value]) => [name, value.name]));
}
