import {
  type GraphProto,
  type NodeProto,
  type TensorProto,
  mapGraphs,
  namesOfGraph,
  nodeProto,
  takeName,
  tensorProto,
  withFields,
  withSubgraphs,
} from "@xdeep/onnx";

/** Products of integers: what they are of real numbers, and the axis of the weights' zero points. */
const PRODUCTS: ReadonlyMap<string, readonly [op: string, axis: number]> = new Map([
  ["ConvInteger", ["Conv", 0]],
  ["MatMulInteger", ["MatMul", -1]],
]);

/**
 * The graph with the products of integers that dynamic quantization writes as products of the real numbers that these stand for, behind DequantizeLinear and
 * QuantizeLinear, which gradients pass. They are the same numbers, but for the rounding of float32. Of DynamicQuantizeLinear scale and zero point are
 * left, which take no gradient: what a scale gains in the product it loses in the quotient.
 */
export function quantizedProducts(graph: GraphProto): GraphProto {
  if (!withSubgraphs(graph.node).some((node) => node.opType === "DynamicQuantizeLinear" || PRODUCTS.has(node.opType))) return graph;
  const taken = namesOfGraph(graph);
  return inGraph(graph, { fresh: (hint) => takeName(taken, hint), stored: new Map(), scales: [] });
}

interface Scope {
  fresh(hint: string): string;
  /** Initializers that are seen here, by name. */
  readonly stored: ReadonlyMap<string, TensorProto>;
  /** Scales that are written for the graph. */
  readonly scales: TensorProto[];
}

function inGraph(graph: GraphProto, outer: Scope): GraphProto {
  const scope: Scope = { ...outer, stored: new Map([...outer.stored, ...graph.initializer.map((tensor) => [tensor.name, tensor] as const)]), scales: [] };
  const node = graph.node.flatMap((each) => inNumbers(each, scope));
  const products = new Set(graph.node.filter(({ opType }) => PRODUCTS.has(opType)).flatMap(({ output }) => output));
  // What a file declares of a product is that it holds integers.
  const valueInfo = graph.valueInfo.filter(({ name }) => !products.has(name));
  return withFields(graph, { node, initializer: [...graph.initializer, ...scope.scales], valueInfo });
}

function inNumbers(node: NodeProto, scope: Scope): readonly NodeProto[] {
  if (node.opType === "DynamicQuantizeLinear") return rounded(node, scope);
  const product = PRODUCTS.get(node.opType);
  if (product !== undefined) return inReals(node, product, scope);
  return [withFields(node, { attribute: node.attribute.map((attribute) => mapGraphs(attribute, (graph) => inGraph(graph, scope))) })];
}

/** y = QuantizeLinear(x, s, z), with the operator's scale and zero point. */
function rounded(node: NodeProto, { fresh }: Scope): readonly NodeProto[] {
  const [x = ""] = node.input;
  const [y = "", given = "", zero = ""] = node.output;
  const [scale, zeroPoint] = [given || fresh(`${y}/scale`), zero || fresh(`${y}/zero`)];
  return [withFields(node, { output: [fresh(`${y}/integers`), scale, zeroPoint] }), nodeProto("QuantizeLinear", [x, scale, zeroPoint], [y], {}, { name: y })];
}

function inReals(node: NodeProto, [op, axis]: readonly [string, number], scope: Scope): readonly NodeProto[] {
  const [a = "", b = "", zeroA = "", zeroB = ""] = node.input;
  const [y = ""] = node.output;
  const real = (values: string, zero: string, along: number): NodeProto => {
    const dims = (scope.stored.get(zero)?.dims ?? []).map(Number);
    const scale = scope.fresh("one");
    scope.scales.push(tensorProto(scale, { type: "float32", dims, data: new Float32Array(dims.reduce((size, dim) => size * dim, 1)).fill(1) }));
    const result = scope.fresh(`${y}/reals`);
    return nodeProto("DequantizeLinear", zero === "" ? [values, scale] : [values, scale, zero], [result], dims.length === 0 ? {} : { axis: along }, {
      name: result,
    });
  };
  const [left, right] = [real(a, zeroA, -2), real(b, zeroB, axis)];
  return [left, right, withFields(node, { opType: op, input: [...left.output, ...right.output] })];
}
