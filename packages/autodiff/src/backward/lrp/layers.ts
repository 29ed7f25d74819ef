import { Attributes, type GraphBuilder, type NodeProto, type Value, isDefaultDomain, nodeProto, operandsOf, subgraphsOf } from "@xdeep/onnx";
import { nodeLabel } from "../../graph/node-label.ts";
import { type TypedGraph, producersOf, valueOf } from "../../graph/typed-graph.ts";
import { varyingValues } from "../../graph/varying-values.ts";
import { consumersIn } from "../../sweep/surroundings.ts";

/** A convolution or a product with weights, as rules see it: its bias in it, a BatchNormalization beside it folded into its weights. */
export interface LinearLayer {
  readonly kind: "convolution" | "dense";
  readonly label: string;
  /** Places of the data and the weights among the node's inputs. */
  readonly data: number;
  readonly weights: number;
  /** Place of the bias among them; null where there is none. */
  readonly bias: number | null;
  /** A bias that an Add behind the node brings, and the sum. */
  readonly added: { readonly bias: string; readonly sum: string } | null;
  /** No linear layer stands before it on any path. */
  readonly isFirst: boolean;
}

type Layers = ReadonlyMap<NodeProto, LinearLayer>;

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose"]);
const PRODUCTS: ReadonlySet<string> = new Set(["Gemm", "MatMul"]);

/** The linear layers of a network whose BatchNormalizations are folded already. */
export function linearLayers(graph: TypedGraph): Layers {
  const varying = varyingValues(graph);
  const consumers = consumersIn(graph.nodes);
  const behind = new Set<string>();
  const layers = new Map<NodeProto, LinearLayer>();
  for (const node of graph.nodes) {
    const layer = layerOf(graph, node, varying, consumers);
    const follows = operandsOf(node).some((name) => behind.has(name));
    if (layer !== null) layers.set(node, { ...layer, isFirst: !behind.has(node.input[layer.data] ?? "") });
    if (layer !== null || follows || holdsLayer(node)) for (const name of node.output) behind.add(name);
  }
  return layers;
}

/** Whether a branch or a loop has a linear layer in it, in front of what comes behind. */
function holdsLayer(node: NodeProto): boolean {
  return subgraphsOf(node).some((body) => body.node.some((inner) => CONVOLUTIONS.has(inner.opType) || PRODUCTS.has(inner.opType) || holdsLayer(inner)));
}

function layerOf(
  graph: TypedGraph,
  node: NodeProto,
  varying: ReadonlySet<string>,
  consumers: (name: string) => readonly NodeProto[],
): Omit<LinearLayer, "isFirst"> | null {
  const isConvolution = CONVOLUTIONS.has(node.opType);
  if (!isDefaultDomain(node.domain) || !(isConvolution || PRODUCTS.has(node.opType))) return null;
  const factors = isConvolution ? [0] : [0, 1];
  const [data, ...others] = factors.filter((i) => varying.has(node.input[i] ?? ""));
  const weights = data === 0 ? 1 : 0;
  if (data === undefined || others.length > 0 || varying.has(node.input[weights] ?? "") || varying.has(node.input[2] ?? "")) return null;
  const bias = (node.input[2] ?? "") === "" ? null : 2;
  const added = bias === null ? addedBias(node, varying, consumers) : null;
  return { kind: isConvolution ? "convolution" : "dense", label: nodeLabel(node), data, weights, bias, added };

  /** The bias of an Add that alone reads the product. */
  function addedBias(product: NodeProto, variable: ReadonlySet<string>, readers: typeof consumers): LinearLayer["added"] {
    const [result = ""] = product.output;
    const [reader, ...rest] = readers(result);
    const other = reader?.opType === "Add" ? reader.input.find((name) => name !== result) : undefined;
    const isOutput = graph.graph.output.some(({ name }) => name === result);
    if (reader === undefined || other === undefined || rest.length > 0 || isOutput || variable.has(other)) return null;
    const ranks = [other, result].map((name) => graph.facts.get(name)?.dims?.length ?? null);
    return ranks[0] !== null && ranks[1] !== null && ranks[0]! <= ranks[1]! ? { bias: other, sum: reader.output[0]! } : null;
  }
}

/**
 * The network with every BatchNormalization folded into the convolution or product before it, whose only reader it is, or into the product behind it: those
 * layers are written with other weights, and make the values that were made after or before them.
 */
export function foldNormalizations(graph: TypedGraph, g: GraphBuilder, wanted: readonly string[]): TypedGraph {
  const consumers = consumersIn(graph.nodes);
  const kept = new Set([...wanted, ...graph.graph.output.map(({ name }) => name)]);
  const varying = varyingValues(graph);
  const only = (name: string): NodeProto | null => (kept.has(name) || consumers(name).length !== 1 ? null : consumers(name)[0]!);
  const facts = new Map(graph.facts);
  const replaced = new Map<NodeProto, NodeProto>();
  for (const node of graph.nodes) {
    if (node.opType !== "BatchNormalization" || new Attributes(node).int("training_mode", 0) === 1 || node.input.slice(1).some((name) => varying.has(name)))
      continue;
    const [source = "", result = ""] = [node.input[0], node.output[0]];
    const before = graph.producers.get(source);
    const layer = before === undefined ? null : layerOf(graph, before, varying, consumers);
    if (before !== undefined && layer !== null && layer.data === 0 && layer.added === null && only(source) === node) {
      replaced.set(node, foldedBehind(before, layer, node));
      continue;
    }
    const after = only(result);
    const next = after === null ? null : layerOf(graph, after, varying, consumers);
    if (after !== null && next?.kind === "dense" && next.data === 0 && next.added === null && facts.get(source)?.dims?.length === 2) {
      replaced.set(after, foldedBefore(after, next, node));
    }
  }
  if (replaced.size === 0) return graph;
  const nodes = graph.nodes.map((node) => replaced.get(node) ?? node);
  return { ...graph, nodes, facts, producers: producersOf({ node: nodes }) };

  function known(name: string): Value {
    return valueOf({ facts }, name);
  }

  /** Scale s and shift t of a normalisation: y = s x + t. */
  function affine(node: NodeProto): readonly [Value, Value] {
    const [scale, offset, mean, variance] = [1, 2, 3, 4].map((i) => known(node.input[i]!)) as [Value, Value, Value, Value];
    const s = g.div(scale, g.sqrt(g.shift(variance, new Attributes(node).float("epsilon", 1e-5))));
    return [s, g.sub(offset, g.mul(mean, s))];
  }

  function written(node: NodeProto, weights: Value, bias: Value, input: string, output: string): NodeProto {
    for (const value of [weights, bias]) facts.set(value.name, value.facts);
    const op = node.opType === "MatMul" ? "Gemm" : node.opType;
    const copy = nodeProto(op, [input, weights.name, bias.name], [output], {}, { name: node.name });
    copy.attribute.push(...node.attribute);
    return copy;
  }

  /** Weights times s along the axis of what comes out, bias · s + t. */
  function foldedBehind(node: NodeProto, layer: Omit<LinearLayer, "isFirst">, normalization: NodeProto): NodeProto {
    const [s, t] = affine(normalization);
    const weights = known(node.input[1]!);
    const attributes = new Attributes(node);
    const rank = weights.facts.dims?.length ?? 2;
    const group = attributes.int("group", 1);
    const along = (size: readonly number[]): Value => g.reshape(s, g.ints(size));
    const rest = Array.from({ length: rank - 2 }, () => 1);
    const scaled =
      node.opType === "Conv"
        ? g.mul(weights, along([-1, 1, ...rest]))
        : node.opType === "ConvTranspose"
          ? transposedScale(weights, s, group, rest)
          : g.mul(weights, attributes.int("transB", 0) === 1 ? along([-1, 1]) : s);
    const own = layer.bias === null ? null : g.scale(known(node.input[2]!), attributes.float("beta", 1));
    const bias = own === null ? t : g.add(g.mul(own, s), t);
    return written(withoutBeta(node), scaled, bias, node.input[0]!, normalization.output[0]!);
  }

  /** Weights [C, M / group, …] of a transposed convolution, whose outputs lie group by group. */
  function transposedScale(weights: Value, s: Value, group: number, rest: readonly number[]): Value {
    const parts = g.reshape(weights, g.concat([g.ints([group, -1]), g.op("Shape", [weights], { start: 1 })], 0));
    return g.reshapeLike(g.mul(parts, g.reshape(s, g.ints([group, 1, -1, ...rest]))), weights);
  }

  /** Weights times s along the axis of what goes in, bias + t W. */
  function foldedBefore(node: NodeProto, layer: Omit<LinearLayer, "isFirst">, normalization: NodeProto): NodeProto {
    const [s, t] = affine(normalization);
    const weights = known(node.input[1]!);
    const attributes = new Attributes(node);
    const isTransposed = attributes.int("transB", 0) === 1;
    const scaled = g.mul(weights, g.reshape(s, g.ints(isTransposed ? [1, -1] : [-1, 1])));
    const matrix = isTransposed ? g.transpose(weights, [1, 0]) : weights;
    const shift = g.scale(g.squeeze(g.matmul(g.unsqueeze(t, [0]), matrix), [0]), attributes.float("alpha", 1));
    const own = layer.bias === null ? null : g.scale(known(node.input[2]!), attributes.float("beta", 1));
    return written(withoutBeta(node), scaled, own === null ? shift : g.add(own, shift), normalization.input[0]!, node.output[0]!);
  }

  function withoutBeta(node: NodeProto): NodeProto {
    const copy = nodeProto(node.opType, node.input, node.output, {}, { name: node.name });
    copy.attribute.push(...node.attribute.filter(({ name }) => name !== "beta"));
    return copy;
  }
}
