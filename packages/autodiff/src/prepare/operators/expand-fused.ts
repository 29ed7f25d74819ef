import {
  Attributes,
  type AttributeValue,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  float,
  namesOfGraph,
  nodeProto,
  takeName,
  tensorProto,
  withFields,
} from "@xdeep/onnx";

/** The operators that ONNX Runtime's optimized models have in place of a convolution or product followed by an activation. */
const BASES: Readonly<Record<string, string>> = { FusedConv: "Conv", FusedGemm: "Gemm" };

/**
 * The graph with fused operators of com.microsoft written as the operators that they were made of, so that rectifiers inside are seen.
 * Values keep their names.
 */
export function expandFused(graph: GraphProto): GraphProto {
  if (!graph.node.some(isFused)) return graph;
  const taken = namesOfGraph(graph);
  const bounds: TensorProto[] = [];
  const node = graph.node.flatMap((each) => (isFused(each) ? parts(each, taken, bounds) : [each]));
  return withFields(graph, { node, initializer: [...graph.initializer, ...bounds] });
}

function isFused(node: NodeProto): boolean {
  return node.domain === "com.microsoft" && Object.hasOwn(BASES, node.opType);
}

/** The base operator, the addition of FusedConv's fourth input, and the activation. */
function parts(node: NodeProto, taken: Set<string>, bounds: TensorProto[]): readonly NodeProto[] {
  const [result = ""] = node.output;
  const attributes = new Attributes(node);
  const addend = node.opType === "FusedConv" ? (node.input[3] ?? "") : "";
  const activation = attributes.string("activation", "");
  const inner = (hint: string, isLast: boolean): string => (isLast ? result : takeName(taken, `${result}/${hint}`));
  const base = BASES[node.opType] as string;
  const product = inner(base, addend === "" && activation === "");
  const nodes = [baseNode(node, base, product)];
  const sum = addend === "" ? product : inner("Add", activation === "");
  if (addend !== "") nodes.push(nodeProto("Add", [product, addend], [sum], {}, { name: sum }));
  if (activation !== "") nodes.push(activationNode(activation, parametersOf(attributes), sum, node, taken, bounds));
  return nodes;
}

function baseNode(node: NodeProto, base: string, result: string): NodeProto {
  const attribute = node.attribute.filter(({ name }) => !name.startsWith("activation"));
  return withFields(node, { opType: base, domain: "", name: result, input: node.input.slice(0, 3), output: [result], attribute });
}

function parametersOf(attributes: Attributes): readonly (number | undefined)[] {
  return attributes.floats("activation_params") ?? [attributes.float("activation_alpha"), attributes.float("activation_beta")];
}

function activationNode(
  op: string,
  [alpha, beta]: readonly (number | undefined)[],
  input: string,
  node: NodeProto,
  taken: Set<string>,
  bounds: TensorProto[],
): NodeProto {
  const name = node.name === "" ? (node.output[0] ?? op) : node.name;
  const bound = (value: number | undefined, hint: string): string => {
    if (value === undefined) return "";
    const own = takeName(taken, `${name}/${hint}`);
    bounds.push(tensorProto(own, { type: "float32", dims: [], data: Float32Array.of(value) }));
    return own;
  };
  const inputs = op === "Clip" ? [input, bound(alpha, "low"), bound(beta, "high")] : [input];
  const attribute = (value: number | undefined): AttributeValue => (op === "Clip" || value === undefined ? undefined : float(value));
  return nodeProto(op, inputs, [node.output[0] ?? ""], { alpha: attribute(alpha), beta: attribute(beta) }, { name });
}
