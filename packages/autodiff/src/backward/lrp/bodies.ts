import { type GraphBuilder, type NodeProto, graphProto, valueInfoProto } from "@xdeep/onnx";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { type TypedGraph, producersOf } from "../../graph/typed-graph.ts";
import { varyingValues } from "../../graph/varying-values.ts";
import type { BodyGraph } from "../../sweep/backward-rule.ts";
import type { GradientRule } from "../../sweep/rule.ts";
import type { Composite, LayerRule } from "./composites.ts";
import { type LinearLayer, linearLayers } from "./layers.ts";

/** Branches and bodies of loops, whose layers take the rules that they would take in the network written out. */
export interface Bodies {
  /** The body as LRP sees it: put together by `seen`, its layers known. */
  graphOf(body: BodyGraph, g: GraphBuilder, wanted: readonly string[]): TypedGraph;
  /** The layer that a node of a body is; undefined for others. */
  layerOf(node: NodeProto): LinearLayer | undefined;
  /** A rule of a node in a body, which sees what made the values that come from outside. */
  within(rule: GradientRule, node: NodeProto): GradientRule;
}

export function bodiesOf(network: TypedGraph, seen: (graph: TypedGraph, g: GraphBuilder, wanted: readonly string[]) => TypedGraph): Bodies {
  const varying = new Set(varyingValues(network));
  const producers = new Map(network.producers);
  const layers = new Map<NodeProto, LinearLayer>();
  const nodes = new Set<NodeProto>();
  return {
    graphOf({ graph, facts }, g, wanted) {
      // Counters, and weights that are scanned, are the same whatever is fed.
      const fed = graph.input.filter(({ name }) => wanted.includes(name));
      const outer = [...varying].map((name) => valueInfoProto(name, facts.get(name)?.type ?? "float32", null));
      const inputs = graphProto({ nodes: [], inputs: [], outputs: [] });
      const typed: TypedGraph = {
        ...network,
        graph: { ...inputs, node: graph.node, input: [...fed, ...outer] },
        nodes: graph.node,
        facts,
        producers: producersOf(graph),
      };
      const body = seen(typed, g, wanted);
      for (const [node, layer] of linearLayers(body)) layers.set(node, layer);
      for (const node of body.nodes) nodes.add(node);
      for (const [name, node] of body.producers) producers.set(name, node);
      for (const name of varyingValues(body)) varying.add(name);
      return body;
    },
    layerOf: (node) => layers.get(node),
    within(rule, node) {
      if (!nodes.has(node)) return rule;
      return {
        ...rule,
        pullback: (context) => rule.pullback({ ...context, around: { ...context.around, producerOf: (name) => producers.get(name) ?? null } }),
      };
    },
  };
}

/** Rules whose relevance is not x times something, which cannot leave a body. */
const GIVE_RELEVANCE: ReadonlySet<LayerRule["rule"]> = new Set(["flat", "w-square", "z-box"]);

/** The rule of a layer in a body, by what a composite has for it wherever it stands in the network. */
export function bodyRule(composite: Composite, node: NodeProto, chosen: (isFirst: boolean) => LayerRule): LayerRule {
  const [first, other] = [chosen(true), chosen(false)];
  if (first !== other && composite.some(({ rule }) => rule === first || rule === other)) {
    throw unsupportedNode(node, "it stands in a branch or a loop, where layers have no place: name a composite without rules for the first layer.");
  }
  if (GIVE_RELEVANCE.has(other.rule)) throw unsupportedNode(node, `it stands in a branch or a loop, out of which rule "${other.rule}" does not lead.`);
  return other;
}
