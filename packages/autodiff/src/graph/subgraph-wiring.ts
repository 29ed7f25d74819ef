import { Attributes, type NodeProto } from "@xdeep/onnx";

/** How values pass between a node and one of the graphs in its attributes. */
export interface SubgraphWiring {
  /** Name of the attribute. */
  readonly attribute: string;
  /** By input of the graph: the node's input that goes there, at first or in parts; null for counters and conditions. */
  readonly inputs: readonly (number | null)[];
  /** By output of the graph: the node's output that it becomes, at last or stacked; null for conditions. */
  readonly outputs: readonly (number | null)[];
  /** Outputs of the graph that are inputs of its next run. */
  readonly feedback: readonly { readonly output: number; readonly input: number }[];
}

/** The wirings of a node's graphs: known for If, Loop and Scan, none for other operators. */
export function subgraphWirings(node: NodeProto): readonly SubgraphWiring[] {
  if (node.domain !== "" && node.domain !== "ai.onnx") return [];
  if (node.opType === "If")
    return ["then_branch", "else_branch"].map((attribute) => ({ attribute, inputs: [], outputs: [...node.output.keys()], feedback: [] }));
  if (node.opType === "Loop") return [loopWiring(node)];
  return node.opType === "Scan" ? [scanWiring(node)] : [];
}

/** (i, condition, state…) → (condition, state…, element…). */
function loopWiring(node: NodeProto): SubgraphWiring {
  const states = Math.max(0, node.input.length - 2);
  return {
    attribute: "body",
    inputs: [null, null, ...Array.from({ length: states }, (_, k) => 2 + k)],
    outputs: [null, ...node.output.keys()],
    feedback: Array.from({ length: states }, (_, k) => ({ output: 1 + k, input: 2 + k })),
  };
}

/** (state…, element…) → (state…, element…). */
function scanWiring(node: NodeProto): SubgraphWiring {
  return {
    attribute: "body",
    inputs: [...node.input.keys()],
    outputs: [...node.output.keys()],
    feedback: Array.from({ length: scanStates(node) }, (_, k) => ({ output: k, input: k })),
  };
}

/** Number of states that a Scan carries. */
export function scanStates(node: NodeProto): number {
  return node.input.length - new Attributes(node).int("num_scan_inputs", 1);
}
