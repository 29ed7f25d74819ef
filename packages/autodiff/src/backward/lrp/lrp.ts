import { knownParameters, numberParameter } from "@xdeep/core/backend";
import type { GraphBuilder, NodeProto, Value } from "@xdeep/onnx";
import type { TypedGraph } from "../../graph/typed-graph.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import type { BackwardRule, Passing, PassingRequest } from "../../sweep/backward-rule.ts";
import type { GradientRule } from "../../sweep/rule.ts";
import { operatorKey } from "../../sweep/rule-set.ts";
import { WHOLE_FUNCTION_DOMAIN, wholeFunctionRule, wholeFunctions } from "../whole-functions.ts";
import { bodiesOf, bodyRule } from "./bodies.ts";
import { type Composite, type LayerRule, compositeOf } from "./composites.ts";
import { STABILIZER, layerRule } from "./layer-rules.ts";
import { type LinearLayer, foldNormalizations, linearLayers } from "./layers.ts";
import { type Gates, identity, operatorRule } from "./operators.ts";
import { passOnRule } from "./pass-on.ts";
import { wholeSoftmaxes } from "./whole-softmaxes.ts";

/**
 * Layer-wise relevance propagation by a composite (Bach et al. 2015, doi:10.1371/journal.pone.0130140; Montavon et al. 2019, doi:10.1007/978-3-030-28954-6_10): the score is passed back layer by
 * layer, each by the rule that the composite has for it.
 */
export const lrpRule: BackwardRule = {
  name: "lrp",
  passing(request) {
    knownParameters("lrp", request.parameters, ["composite", "epsilon", "gamma", "high", "low", "stabilizer"]);
    return relevancePassing("lrp", request, compositeOf(request.parameters), "half");
  },
};

/** LRP with rule ε at every linear layer; `epsilon: 0` is rule 0, the gradient times the input in a network of ReLUs. */
export const lrpEpsilonRule: BackwardRule = everywhere("lrp-epsilon", 1e-6, "half");

/** AttnLRP (Achtibat et al. 2024, arXiv:2402.05602): LRP for transformers. */
export const attnLrpRule: BackwardRule = everywhere("attn-lrp", 0, "half");

/** CP-LRP (Ali et al. 2022, arXiv:2202.07304): nothing flows through softmax, nor through gates. */
export const cpLrpRule: BackwardRule = everywhere("cp-lrp", 0, "none");

function everywhere(name: string, byDefault: number, gates: Gates): BackwardRule {
  return {
    name,
    passing(request) {
      knownParameters(name, request.parameters, ["epsilon"]);
      const rule: LayerRule = { rule: "epsilon", epsilon: numberParameter(name, request.parameters, "epsilon", byDefault) };
      return relevancePassing(name, request, [{ rule }], gates);
    },
  };
}

function relevancePassing(name: string, request: PassingRequest, composite: Composite, gates: Gates): Passing {
  const { g, of, wrt, parameters } = request;
  const wanted = [of, ...wrt];
  g.setScope("relevance");
  const graph = seenByLrp(request.graph, g, wanted);
  const layers = linearLayers(graph);
  const bodies = bodiesOf(graph, seenByLrp);
  const stabilizer = numberParameter(name, parameters, "stabilizer", STABILIZER);
  const epsilon = composite.map(({ rule }) => rule).find((rule) => rule.rule === "epsilon")?.epsilon ?? 0;
  const relevances = new Map<string, Value>();
  const options = {
    stabilizer,
    relevance(value: string, relevance: Value) {
      const other = relevances.get(value);
      relevances.set(value, other === undefined ? relevance : g.add(other, relevance));
    },
  };
  return {
    graph,
    ownRule: (node) => (node.domain === WHOLE_FUNCTION_DOMAIN ? wholeFunctionRule(identity) : undefined),
    bodyOf: bodies.graphOf,
    ruleOf(found, node, _, place) {
      const layer = place === "network" ? layers.get(node) : undefined;
      if (layer !== undefined) return layerRule(found, layer, chosenRule(composite, layer), options);
      const inner = place === "network" ? bodies.layerOf(node) : undefined;
      if (inner !== undefined)
        return refusable(found, () =>
          layerRule(
            found,
            inner,
            bodyRule(composite, node, (isFirst) => chosenRule(composite, { ...inner, isFirst })),
            options,
          ),
        );
      return bodies.within(operatorRule(operatorKey(node.opType, node.domain), found, node, { gates, epsilon, of }) ?? refused(name, found, node), node);
    },
    relevances,
    relevanceRule: (found, node) => passOnRule(name, found, node),
    result: (x, c) => g.mul(x, c),
  };
}

/** The network, or a body in it, as LRP sees it: what exporters take apart is put together, and normalisations are in the layers beside them. */
function seenByLrp(graph: TypedGraph, g: GraphBuilder, wanted: readonly string[]): TypedGraph {
  return wholeFunctions(foldNormalizations(wholeSoftmaxes(graph), g, wanted), wanted).graph;
}

function chosenRule(composite: Composite, layer: LinearLayer): LayerRule {
  const fits = composite.find(
    ({ layer: kind, name, first }) =>
      (kind === undefined || kind === layer.kind) && (first === undefined || first === layer.isFirst) && (name === undefined || matches(name, layer.label)),
  );
  return fits?.rule ?? { rule: "zero" };
}

function matches(pattern: string, label: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(label);
}

/** A rule that is looked for when it is needed, so that what it refuses is said with all other refusals. */
function refusable(found: GradientRule, rule: () => GradientRule): GradientRule {
  return { ...found, pullback: (context) => rule().pullback(context) };
}

function refused(name: string, found: GradientRule, node: NodeProto): GradientRule {
  return {
    ...found,
    pullback() {
      throw unsupportedNode(node, `the rule "${name}" has none for this operator.`);
    },
  };
}
