import { type NodeProto, isDefaultDomain, isFloatType, nodeProto, operandsOf } from "@xdeep/onnx";
import { type TypedGraph, producersOf } from "../graph/typed-graph.ts";
import { varyingValues } from "../graph/varying-values.ts";
import type { GradientRule, Pullback } from "../sweep/rule.ts";
import { consumersIn } from "../sweep/surroundings.ts";

/** An element-wise function of one value that an exporter took apart: a GELU in Div, Erf, Add and two Mul, say. */
export interface WholeFunction {
  /** What stands in place of its last node: from the value that goes in to the one that comes out. */
  readonly node: NodeProto;
  /** Its operators, in order. */
  readonly parts: readonly NodeProto[];
}

export const WHOLE_FUNCTION_DOMAIN = "xdeep";
const WHOLE_FUNCTION = "WholeFunction";

/** The rule of such a node. */
export function wholeFunctionRule(pullback: Pullback): GradientRule {
  return { op: WHOLE_FUNCTION, domain: WHOLE_FUNCTION_DOMAIN, since: [1], pullback };
}

/** Operators whose result at a place depends on their operands at that place alone. */
const ELEMENTWISE: ReadonlySet<string> = new Set(
  (
    "Abs Acos Acosh Add And Asin Asinh Atan Atanh Cast Ceil Celu Clip Cos Cosh Div Elu Equal Erf Exp Floor Gelu Greater GreaterOrEqual HardSigmoid " +
    "HardSwish Identity LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh " +
    "Softplus Softsign Sqrt Sub Sum Swish Tan Tanh ThresholdedRelu Where Xor"
  ).split(" "),
);

/** The network with every such function as one node, and the functions. A region counts where its branches part at one value and meet again, and nothing else reads what lies between. */
export function wholeFunctions(
  graph: TypedGraph,
  wanted: readonly string[],
): { readonly graph: TypedGraph; readonly functions: ReadonlyMap<NodeProto, WholeFunction> } {
  const places = new Map(graph.nodes.map((node, place) => [node, place]));
  const varying = varyingValues(graph);
  const consumers = consumersIn(graph.nodes);
  const kept = new Set([...wanted, ...graph.graph.output.map(({ name }) => name)]);
  const replaced = new Map<NodeProto, NodeProto>();
  const functions = new Map<NodeProto, WholeFunction>();
  const inside = new Set<NodeProto>();
  for (const exit of graph.nodes.toReversed()) {
    const parts = inside.has(exit) ? null : regionBehind(exit);
    if (parts === null) continue;
    const node = nodeProto(WHOLE_FUNCTION, [parts.entry], exit.output, {}, { name: exit.name, domain: WHOLE_FUNCTION_DOMAIN });
    replaced.set(exit, node);
    functions.set(node, { node, parts: parts.nodes });
    for (const part of parts.nodes) inside.add(part);
  }
  if (functions.size === 0) return { graph, functions };
  const nodes = graph.nodes.map((node) => replaced.get(node) ?? node);
  return { graph: { ...graph, nodes, producers: producersOf({ node: nodes }) }, functions };

  function operands(node: NodeProto): readonly string[] {
    return [...new Set(operandsOf(node).filter((name) => varying.has(name)))];
  }

  /** The region that ends in a node: takes back the last value of its border until one is left, the entry. */
  function regionBehind(exit: NodeProto): { readonly entry: string; readonly nodes: readonly NodeProto[] } | null {
    if (!isElementwise(exit) || operands(exit).length < 2) return null;
    const found = new Set([exit]);
    const border = new Set(operands(exit));
    while (border.size > 1) {
      const [name, node] = lastOf(border);
      if (node === undefined || !isElementwise(node) || kept.has(name) || !consumers(name).every((reader) => found.has(reader))) return null;
      found.add(node);
      border.delete(name);
      for (const operand of operands(node)) border.add(operand);
    }
    const [entry = ""] = border;
    const nodes = [...found].sort((a, b) => places.get(a)! - places.get(b)!);
    return entry !== "" && isFloatType(graph.facts.get(entry)?.type ?? null) && nodes.every(({ output }) => hasDimsOf(output[0]!, entry))
      ? { entry, nodes }
      : null;
  }

  function lastOf(border: ReadonlySet<string>): readonly [string, NodeProto | undefined] {
    const made = [...border].map((name) => [name, graph.producers.get(name)] as const);
    return made.reduce((last, other) => ((places.get(other[1]!) ?? -1) > (places.get(last[1]!) ?? -1) ? other : last));
  }

  function hasDimsOf(name: string, entry: string): boolean {
    const [dims, own] = [graph.facts.get(name)?.dims, graph.facts.get(entry)?.dims];
    return dims != null && own != null && dims.length === own.length && dims.every((dim, axis) => dim !== null && dim === own[axis]);
  }
}

function isElementwise(node: NodeProto): boolean {
  return isDefaultDomain(node.domain) && ELEMENTWISE.has(node.opType) && node.output.length === 1;
}
