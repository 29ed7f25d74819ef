import { nodeProto } from "@xdeep/onnx";
import { finalActivation } from "../../explain/final-activation.ts";
import { reducedAxesOf } from "../../patterns/read-expression.ts";
import { producersOf, type TypedGraph } from "../../graph/typed-graph.ts";

/** The network with every softmax along one axis that is written in small operators, e^x / Σ e^x, as one node. */
export function wholeSoftmaxes(graph: TypedGraph): TypedGraph {
  const nodes = graph.nodes.map((node) => {
    const sum = node.opType === "Div" ? graph.producers.get(node.input[1] ?? "") : undefined;
    if (sum?.opType !== "ReduceSum") return node;
    const [output = ""] = node.output;
    const found = finalActivation(graph, output);
    const axes = reducedAxesOf(graph, sum);
    if (found?.activation !== "softmax" || found.layout.length > 0 || axes?.length !== 1) return node;
    return nodeProto("Softmax", [found.argument], node.output, { axis: axes[0]! }, { name: node.name });
  });
  return nodes.every((node, i) => node === graph.nodes[i]) ? graph : { ...graph, nodes, producers: producersOf({ node: nodes }) };
}
