import {
  type FactsByName,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  defaultOpset,
  factsWithin,
  inferAttributeGraph,
  inferGraph,
  mapGraphs,
  namesOfGraph,
  nodeProto,
  takeName,
  tensorProto,
  withAttributes,
  withFields,
  withNodes,
  withSubgraphs,
} from "@xdeep/onnx";
import { graphOf } from "../../graph/typed-graph.ts";

/**
 * Writes the product of a matrix and a vector as one with a column. ONNX Runtime fuses a Transpose of the matrix into the product, and moves one there
 * past what lies between; where the right operand is a vector, the fused product is wrong.
 */
export function columnProducts(model: ModelProto): ModelProto {
  const graph = graphOf(model);
  const stored = new Set(graph.initializer.filter(({ dims }) => dims.length !== 1).map(({ name }) => name));
  if (!withSubgraphs(graph.node).some((node) => node.opType === "MatMul" && !stored.has(node.input[1] ?? ""))) return model;
  const taken = namesOfGraph(graph);
  const last = takeName(taken, "last axis");
  const written = inColumns(graph, inferGraph(model), { opset: defaultOpset(model) ?? 1, taken, last });
  if (written === graph) return model;
  const axis = tensorProto(last, { type: "int64", dims: [1], data: BigInt64Array.of(-1n) });
  return withFields(model, { graph: withFields(written, { initializer: [...written.initializer, axis] }) });
}

interface Scope {
  readonly opset: number;
  readonly taken: Set<string>;
  /** Name of [−1]. */
  readonly last: string;
}

function inColumns(graph: GraphProto, facts: FactsByName, scope: Scope): GraphProto {
  return withNodes(
    graph,
    graph.node.flatMap((node) => (isVectorProduct(node, facts) ? inColumn(node, scope) : [inSubgraphs(node, facts, scope)])),
  );
}

function isVectorProduct({ opType, input: [matrix = "", vector = ""] }: NodeProto, facts: FactsByName): boolean {
  return opType === "MatMul" && facts.get(vector)?.dims?.length === 1 && facts.get(matrix)?.dims?.length !== 1;
}

function inColumn(node: NodeProto, { taken, last }: Scope): readonly NodeProto[] {
  const [matrix = "", vector = ""] = node.input;
  const [result = ""] = node.output;
  const column = takeName(taken, `${result}/column`);
  const product = takeName(taken, `${result}/product`);
  return [
    nodeProto("Unsqueeze", [vector, last], [column], {}, { name: column }),
    withFields(node, { input: [matrix, column], output: [product] }),
    nodeProto("Squeeze", [product, last], [result], {}, { name: product }),
  ];
}

function inSubgraphs(node: NodeProto, facts: FactsByName, scope: Scope): NodeProto {
  if (!node.attribute.some(({ g }) => g !== undefined)) return node;
  const attribute = node.attribute.map((each) => {
    const inner = inferAttributeGraph(node, each.name, facts, scope);
    return inner === null ? each : mapGraphs(each, (graph) => inColumns(graph, factsWithin(inner.facts, facts), scope));
  });
  return withAttributes(node, attribute);
}
