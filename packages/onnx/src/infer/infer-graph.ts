import { isXDeepError } from "@xdeep/core";
import { dataTypeName } from "../files/data-type.ts";
import { type Dim, type Facts, type FactsByName, unknownFacts } from "../graphs/facts.ts";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "../gen/onnx_pb.ts";
import { isDefaultDomain } from "../since-version.ts";
import { type ConstantTensor, tensorData } from "../files/tensor-data.ts";
import { bodyInputs, countRounds, subgraphScope } from "./operators/control-flow.ts";
import { freshSymbol, inferNode } from "./infer-node.ts";
import { type InferenceContext, NodeView } from "./rule.ts";
import { factsOfType } from "./value-type.ts";

export interface InferGraphOptions {
  /** Dims to assume for inputs by name, in place of those that the model declares. */
  readonly inputDims?: Readonly<Record<string, readonly Dim[]>>;
}

export interface InferSubgraphOptions {
  readonly opset: number;
  /** Facts of the subgraph's inputs, where more is known than it declares. */
  readonly inputs?: readonly Facts[];
  /** Comes before the names of the subgraph's own symbols, and must differ from subgraph to subgraph. */
  readonly scope?: string;
  /** How many loops lie around the subgraph. Default 0. */
  readonly level?: number;
}

/**
 * Facts of every value of the model's main graph by name: inputs, initializers and what the nodes compute.
 * Declared types of intermediate values only fill in what inference leaves open.
 *
 * @throws {XDeepError} MODEL_INVALID when the model's shapes contradict each other.
 */
export function inferGraph(model: ModelProto, options: InferGraphOptions = {}): ReadonlyMap<string, Facts> {
  const opset = Number(model.opsetImport.find(({ domain }) => isDefaultDomain(domain))?.version ?? 1);
  const { graph } = model;
  if (graph === undefined) return new Map();
  const inputs = graph.input.map(({ name, type }) => {
    const declared = factsOfType(type, (axis) => freshSymbol(name, axis, {}));
    const dims = options.inputDims?.[name];
    return dims === undefined ? declared : { ...declared, dims };
  });
  return inferValues(graph, new Map(), inputs, { opset });
}

/** As `inferGraph`, for a subgraph of If, Loop or Scan that sees the values of `outer`. */
export function inferSubgraph(graph: GraphProto, outer: FactsByName, options: InferSubgraphOptions): ReadonlyMap<string, Facts> {
  const scope = options.scope ?? `${graph.name}/`;
  const inputs = graph.input.map(({ name, type }, index) =>
    fill(
      options.inputs?.[index] ?? unknownFacts,
      factsOfType(type, (axis) => freshSymbol(name, axis, { scope })),
      name,
      { scope },
    ),
  );
  return inferValues(graph, outer, inputs, { opset: options.opset, scope, level: options.level });
}

/** What is known inside a graph in an attribute of If, Loop or Scan; how often it runs for one run of the node, null where that is not known. */
export interface AttributeGraph {
  readonly graph: GraphProto;
  readonly facts: ReadonlyMap<string, Facts>;
  readonly rounds: Dim;
}

/**
 * Infers a graph in an attribute of a node. Null where there is none, and for a branch of If that contradicts itself: it is never taken.
 *
 * @throws {XDeepError} MODEL_INVALID when the shapes of a body contradict each other.
 */
export function inferAttributeGraph(
  node: NodeProto,
  attribute: string,
  outer: FactsByName,
  { opset }: Pick<InferSubgraphOptions, "opset">,
): AttributeGraph | null {
  const graph = node.attribute.find(({ name }) => name === attribute)?.g;
  if (graph === undefined) return null;
  const scope = subgraphScope(node, attribute);
  const inputs = node.input.map((name) => (name === "" ? null : (outer.get(name) ?? unknownFacts)));
  const view = new NodeView(node, inputs, contextIn(outer, { opset, scope }));
  try {
    const facts = inferSubgraph(graph, outer, { opset, inputs: node.opType === "If" ? [] : bodyInputs(view), scope });
    return { graph, facts, rounds: node.opType === "If" ? 1 : countRounds(view) };
  } catch (error) {
    if (node.opType === "If" && isXDeepError(error, "MODEL_INVALID")) return null;
    throw error;
  }
}

function inferValues(graph: GraphProto, outer: FactsByName, inputs: readonly Facts[], base: InferenceContext): ReadonlyMap<string, Facts> {
  const values = new Map<string, Facts>();
  graph.input.forEach(({ name }, index) => values.set(name, inputs[index] ?? unknownFacts));
  graph.initializer.forEach((proto) => values.set(proto.name, initializerFacts(proto)));
  for (const { values: elements, dims } of graph.sparseInitializer) {
    if (elements !== undefined) values.set(elements.name, { type: dataTypeName(elements.dataType), dims: dims.map(Number) });
  }
  const find = (name: string): Facts | undefined => values.get(name) ?? outer.get(name);
  const context = contextIn({ get: find }, base);
  const declared = declaredTypes(graph);
  for (const node of graph.node) inferInto(values, node, find, declared, context);
  return values;
}

/** A context in which subgraphs see the values of `outer`. */
function contextIn(outer: FactsByName, base: InferenceContext): InferenceContext {
  // Branches of If have no inputs, and are gone through once.
  const level = (inputs: readonly Facts[]): number => (base.level ?? 0) + (inputs.length > 0 ? 1 : 0);
  return {
    ...base,
    inferSubgraph: (body, inputs, scope) => outputsOf(body, outer, inputs, { ...base, scope: `${base.scope ?? ""}${scope}`, level: level(inputs) }),
  };
}

function outputsOf(body: GraphProto, outer: FactsByName, inputs: readonly Facts[], context: InferenceContext & { scope: string }): readonly Facts[] {
  const values = inferSubgraph(body, outer, { opset: context.opset, inputs, scope: context.scope, level: context.level ?? 0 });
  return body.output.map(({ name }) => values.get(name) ?? outer.get(name) ?? unknownFacts);
}

function inferInto(
  values: Map<string, Facts>,
  node: NodeProto,
  find: (name: string) => Facts | undefined,
  declared: ReadonlyMap<string, Facts>,
  context: InferenceContext,
): void {
  const inputs = node.input.map((name) => (name === "" ? null : (find(name) ?? unknownFacts)));
  const outputs = inferNode(node, inputs, context);
  node.output.forEach((name, index) => {
    const facts = outputs[index] ?? unknownFacts;
    if (name !== "") values.set(name, fill(facts, declared.get(name), name, context));
  });
}

/** `facts` with what only the declaration knows: the type, the rank, and the sizes that inference could not name. */
function fill(facts: Facts, declared: Facts | undefined, name: string, context: Pick<InferenceContext, "scope">): Facts {
  if (declared === undefined || "constant" in facts) return facts;
  const type = facts.type ?? declared.type;
  const container = facts.container ?? declared.container;
  return { ...facts, type, dims: fillDims(facts.dims, declared.dims, name, context), ...(container === undefined ? {} : { container }) };
}

function fillDims(dims: readonly Dim[] | null, declared: readonly Dim[] | null, name: string, context: Pick<InferenceContext, "scope">): readonly Dim[] | null {
  if (dims === null || declared === null || dims.length !== declared.length) return dims ?? declared;
  return dims.map((dim, axis) => (dim === null || dim === freshSymbol(name, axis, context) ? (declared[axis] as Dim) : dim));
}

function declaredTypes(graph: GraphProto): ReadonlyMap<string, Facts> {
  return new Map([...graph.valueInfo, ...graph.output].map(({ name, type }) => [name, factsOfType(type, (axis) => freshSymbol(name, axis, {}))]));
}

/** Weights are decoded when they are asked for: most never are. */
function initializerFacts(proto: TensorProto): Facts {
  const type = dataTypeName(proto.dataType);
  const dims = proto.dims.map(Number);
  if (type === null || proto.externalData.length > 0) return { type, dims };
  let decoded: ConstantTensor | undefined;
  return {
    type,
    dims,
    get constant(): ConstantTensor {
      decoded ??= tensorData(proto);
      return decoded;
    },
  };
}
