import {
  Attributes,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  inferGraph,
  namesOfGraph,
  nodeProto,
  takeName,
  withFields,
  withNodes,
} from "@xdeep/onnx";
import { copySubgraph } from "../../graph/copy-subgraph.ts";
import { nodeLabel } from "../../graph/node-label.ts";
import { graphOf } from "../../graph/typed-graph.ts";

/** Replaces every If whose condition is known before the run by the branch that it takes. Exporters write such nodes around optional axes. */
export function takeKnownBranches(model: ModelProto): ModelProto {
  const graph = graphOf(model);
  if (!graph.node.some(({ opType }) => opType === "If")) return model;
  const facts = inferGraph(model);
  const taken = namesOfGraph(graph);
  const initializers: TensorProto[] = [];
  const nodes = graph.node.flatMap((node): NodeProto[] => {
    const condition = node.opType === "If" ? facts.get(node.input[0] ?? "")?.constant : undefined;
    if (condition === undefined) return [node];
    const branch = new Attributes(node).graph(condition.data[0] === 1 ? "then_branch" : "else_branch") as GraphProto;
    const copy = copySubgraph(branch, [], (name) => takeName(taken, `${nodeLabel(node)}/${name}`), nodeLabel(node));
    for (const tensor of copy.initializers) initializers.push(tensor);
    return [...copy.nodes, ...node.output.map((name, index) => nodeProto("Identity", [copy.outputs[index] ?? ""], [name], {}, { name }))];
  });
  const taking = withNodes(graph, nodes);
  if (taking === graph) return model;
  return takeKnownBranches(withFields(model, { graph: withFields(taking, { initializer: [...graph.initializer, ...initializers] }) }));
}
