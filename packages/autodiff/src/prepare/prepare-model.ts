import { type GraphProto, type ModelProto, type NodeProto, inlineFunctions, upgradeOpset, withFields } from "@xdeep/onnx";
import { operandsOf } from "../sweep/active-path.ts";
import { denseConstants } from "./dense-constants.ts";
import { expandFused } from "./expand-fused.ts";
import { plainCasts } from "./plain-casts.ts";
import { takeKnownBranches } from "./take-known-branches.ts";
import { graphOf } from "../graph/typed-graph.ts";

/** The oldest opset in which gradients are written: the first with reductions in ScatterND and ScatterElements, Col2Im, and axes as inputs everywhere. */
export const GRADIENT_OPSET = 18;

/**
 * Brings a model into the one form that rules see: model-local functions inlined, opset 18 or newer, branches that are always taken in place
 * of their If, initializers that old files also list as inputs taken as constants, sparse constants written out, CastLike turned into Cast,
 * operators that ONNX Runtime fused with their activations taken apart, nodes in topological order. The model's outputs stay what they were.
 */
export function prepareModel(model: ModelProto): ModelProto {
  const upgraded = takeKnownBranches(upgradeOpset(inlineFunctions(model), GRADIENT_OPSET));
  const graph = expandFused(denseConstants(graphOf(upgraded)));
  return plainCasts(withFields(upgraded, { graph: withFields(graph, { input: freeInputs(graph), node: sorted(graph) }) }));
}

function freeInputs(graph: GraphProto): GraphProto["input"] {
  const constants = new Set(graph.initializer.map((tensor) => tensor.name));
  return graph.input.filter((input) => !constants.has(input.name));
}

/** The nodes, each after those it depends on. Files in order, which nearly all are, come back as they are. */
function sorted(graph: GraphProto): NodeProto[] {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const order = new Set<NodeProto>();
  for (const root of graph.node) {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1) as NodeProto;
      const waiting = operandsOf(node).flatMap((name) => {
        const producer = producers.get(name);
        return producer === undefined || producer === node || order.has(producer) || name === "" ? [] : [producer];
      });
      if (waiting.length > 0 && !waiting.some((other) => stack.includes(other))) stack.push(...waiting);
      else order.add(stack.pop() as NodeProto);
    }
  }
  return [...order];
}
