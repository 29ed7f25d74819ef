import {
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
  mapGraphs,
  namesOfGraph,
  nodeProto,
  takeName,
  tensorProto,
  valueInfoProto,
  withAttributes,
  withFields,
  withNodes,
  withSubgraphs,
} from "@xdeep/onnx";

/** The graph with the counters of its loops as scalars: engines hand a body that declares [1], as those of tf2onnx do, a counter of one element. */
export function scalarCounters(graph: GraphProto): GraphProto {
  if (!withSubgraphs(graph.node).some(({ opType, attribute }) => opType === "Loop" && attribute.some(({ g }) => isRow(g?.input[0])))) return graph;
  const taken = namesOfGraph(graph);
  const axes = takeName(taken, "first axis");
  const written = inGraph(graph, taken, axes);
  return withFields(written, { initializer: [...written.initializer, tensorProto(axes, { type: "int64", dims: [1], data: BigInt64Array.of(0n) })] });
}

function inGraph(graph: GraphProto, taken: Set<string>, axes: string): GraphProto {
  const inNode = (node: NodeProto): NodeProto => {
    const attribute = node.attribute.map((each) =>
      mapGraphs(each, (inner) => {
        const written = inGraph(inner, taken, axes);
        return node.opType === "Loop" && isRow(inner.input[0]) ? counted(written, taken, axes) : written;
      }),
    );
    return withAttributes(node, attribute);
  };
  return withNodes(graph, graph.node.map(inNode));
}

/** A body whose counter is a scalar, and under its old name what the body was written for. */
function counted(body: GraphProto, taken: Set<string>, axes: string): GraphProto {
  const [counter, ...others] = body.input as [ValueInfoProto, ...ValueInfoProto[]];
  const scalar = takeName(taken, `${counter.name}/scalar`);
  return withFields(body, {
    input: [valueInfoProto(scalar, "int64", []), ...others],
    node: [nodeProto("Unsqueeze", [scalar, axes], [counter.name], {}, { name: counter.name }), ...body.node],
  });
}

function isRow(counter: ValueInfoProto | undefined): boolean {
  const value = counter?.type?.value;
  return value?.case === "tensorType" && value.value.shape?.dim.length === 1;
}
