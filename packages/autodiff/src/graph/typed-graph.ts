import {
  DEFAULT_LIMITS,
  type Facts,
  GraphBuilder,
  type GraphProto,
  type ModelLimits,
  type ModelProto,
  type NodeProto,
  type Value,
  allowedElements,
  defaultOpset,
  inferGraph,
  isFloatType,
  unknownFacts,
} from "@xdeep/onnx";

/** A prepared model with what is known of every value, and who makes and who uses it. */
export interface TypedGraph {
  readonly model: ModelProto;
  readonly graph: GraphProto;
  readonly opset: number;
  /** Topologically sorted. */
  readonly nodes: readonly NodeProto[];
  readonly facts: ReadonlyMap<string, Facts>;
  /** The node that makes a value. */
  readonly producers: ReadonlyMap<string, NodeProto>;
  /** Initializers that no feed can replace, by name. */
  readonly initializers: ReadonlySet<string>;
  /** How much may be written for it. */
  readonly limits: ModelLimits;
}

/** Infers and indexes a model that went through `prepareModel`. */
export function typedGraph(model: ModelProto, limits: ModelLimits = DEFAULT_LIMITS): TypedGraph {
  const graph = graphOf(model);
  return {
    model,
    graph,
    opset: defaultOpset(model) ?? 1,
    nodes: graph.node,
    facts: inferGraph(model),
    producers: producersOf(graph),
    initializers: new Set(graph.initializer.map((tensor) => tensor.name)),
    limits,
  };
}

/** Writes nodes behind a graph, as much as its limits allow. */
export function builderFor(graph: TypedGraph): GraphBuilder {
  return new GraphBuilder({ opset: graph.opset, taken: new Set(graph.facts.keys()), limits: { ...graph.limits, ...allowedElements(graph, graph.limits) } });
}

/** The node that makes a value, by the value's name. */
export function producersOf(graph: { readonly node: readonly NodeProto[] }): ReadonlyMap<string, NodeProto> {
  return new Map(graph.node.flatMap((node) => node.output.filter((name) => name !== "").map((name) => [name, node] as const)));
}

/** A value of the graph with its facts. */
export function valueOf(graph: Pick<TypedGraph, "facts">, name: string): Value {
  return { name, facts: graph.facts.get(name) ?? unknownFacts };
}

export function graphOf(model: ModelProto): GraphProto {
  if (model.graph === undefined) throw new TypeError("The model has no graph; read it with readModel.");
  return model.graph;
}

/** The inputs that are differentiated unless others are named. */
export function floatInputs(graph: TypedGraph): readonly string[] {
  return graph.graph.input.map(({ name }) => name).filter((name) => isFloatType(graph.facts.get(name)?.type ?? null));
}
