import { XDeepError, isXDeepError } from "@xdeep/core";
import { type Facts, type FactsByName, unknownFacts } from "../graphs/facts.ts";
import type { AttributeProto, GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { subgraphsOf, takeName } from "../graphs/graph-names.ts";
import { inferSubgraph } from "../infer/infer-graph.ts";
import { inferNode } from "../infer/infer-node.ts";
import { factsOfType } from "../infer/value-type.ts";
import { mapGraphs } from "../graphs/map-graphs.ts";
import { isDefaultDomain } from "../since-version.ts";
import { withFields } from "../graphs/with-fields.ts";
import { opsetConverter } from "./converters.ts";
import { OldNode } from "./old-node.ts";

/** The newest operator set that the converters were checked against. */
export const NEWEST_TARGET = 22;

/** What holds for all graphs of a model. */
export interface UpgradeContext {
  readonly from: number;
  readonly to: number;
  /** Names in use; new ones are added. */
  readonly taken: Set<string>;
  /** Names that some node reads, and outputs of graphs. */
  readonly used: ReadonlySet<string>;
  /** Errors of nodes that have no equal in the newer operator set; new ones are added. */
  readonly refusals: XDeepError[];
}

/** A graph with its nodes, and those of the graphs inside, written in the newer operator set. `outer` are the values that it sees. */
export function upgradeGraph(graph: GraphProto, outer: FactsByName, context: UpgradeContext): GraphProto {
  const declared = new Map([...graph.valueInfo, ...graph.output].map(({ name, type }) => [name, factsOfType(type, (axis) => `${name}.${axis}`)]));
  const values = new Map(inferSubgraph(withFields(graph, { node: [] }), outer, { opset: context.to }));
  return withFields(graph, { node: upgradeNodes(graph.node, values, declared, outer, context) });
}

/** Nodes written in the newer operator set. What becomes known of their values is added to `values`. */
export function upgradeNodes(
  nodes: readonly NodeProto[],
  values: Map<string, Facts>,
  declared: FactsByName,
  outer: FactsByName,
  context: UpgradeContext,
): NodeProto[] {
  const upgraded: NodeProto[] = [];
  const facts = (name: string): Facts => values.get(name) ?? outer.get(name) ?? unknownFacts;
  const append = (node: NodeProto): void => {
    upgraded.push(node);
    inferOutputs(node, facts, context).forEach((inferred, index) =>
      values.set(node.output[index] ?? "", withDeclared(inferred, declared.get(node.output[index] ?? ""))),
    );
  };
  for (const node of nodes) {
    const inner = withUpgradedGraphs(node, { get: facts }, context);
    const converter = isDefaultDomain(node.domain) ? opsetConverter(node.opType, context.from, context.to) : undefined;
    const current = isDefaultDomain(node.domain) ? withoutConsumedInputs(inner, context.from) : inner;
    if (converter === undefined) {
      append(current);
      continue;
    }
    const old = new OldNode(current, {
      opset: context.from,
      facts,
      append,
      freshName: (hint) => takeName(context.taken, hint),
      isUsed: (name) => context.used.has(name),
    });
    try {
      refuseReferences(old);
      converter.convert(old);
    } catch (error) {
      if (!isXDeepError(error, "MODEL_UNSUPPORTED")) throw error;
      context.refusals.push(error);
      append(current);
    }
  }
  return upgraded;
}

/**
 * One error for all nodes that have no equal in the newer operator set.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED where there is any
 */
export function throwRefusals(refusals: readonly XDeepError[]): void {
  const [first] = refusals;
  if (first === undefined) return;
  if (refusals.length === 1) throw first;
  const lines = refusals.map(({ message }) => `  ${message}`);
  throw new XDeepError("MODEL_UNSUPPORTED", `${refusals.length} nodes cannot be raised to a newer operator set:\n${lines.join("\n")}`, {
    details: { nodes: refusals.map(({ details }) => details) },
  });
}

/** Attributes that stand for an attribute of the function around are not known here. */
function refuseReferences(node: OldNode): void {
  const reference = node.proto.attribute.find(({ refAttrName }) => refAttrName !== "");
  if (reference !== undefined) {
    throw node.refusal(`its attribute ${reference.name} is an attribute of the function that it stands in; inline the functions first (inlineFunctions)`);
  }
}

/** A hint for memory reuse that operator sets 1 to 5 had on many operators. */
function withoutConsumedInputs(node: NodeProto, opset: number): NodeProto {
  const isHint = ({ name }: AttributeProto): boolean => name === "consumed_inputs";
  return opset < 7 && node.attribute.some(isHint) ? withFields(node, { attribute: node.attribute.filter((attribute) => !isHint(attribute)) }) : node;
}

function withUpgradedGraphs(node: NodeProto, outer: FactsByName, context: UpgradeContext): NodeProto {
  if (subgraphsOf(node).length === 0) return node;
  return withFields(node, { attribute: node.attribute.map((entry) => mapGraphs(entry, (graph) => upgradeGraph(graph, outer, context))) });
}

/** Shapes only make the result simpler. A model that contradicts itself is reported by whoever needs its shapes. */
function inferOutputs(node: NodeProto, facts: (name: string) => Facts, context: UpgradeContext): readonly Facts[] {
  const inputs = node.input.map((name) => (name === "" ? null : facts(name)));
  try {
    return inferNode(node, inputs, {
      opset: context.to,
      inferSubgraph: (body, bodyInputs, scope) => {
        const values = inferSubgraph(body, { get: facts }, { opset: context.to, inputs: bodyInputs, scope });
        return body.output.map(({ name }) => values.get(name) ?? facts(name));
      },
    });
  } catch (error) {
    if (isXDeepError(error, "MODEL_INVALID")) return node.output.map(() => unknownFacts);
    throw error;
  }
}

function withDeclared(facts: Facts, declared: Facts | undefined): Facts {
  if (declared === undefined || (facts.type !== null && facts.dims !== null)) return facts;
  return { ...facts, type: facts.type ?? declared.type, dims: facts.dims ?? declared.dims };
}
