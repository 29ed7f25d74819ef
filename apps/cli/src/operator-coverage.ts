import { type TypedGraph, builtinRules, carriesGradient, findRule, isMissing, zeroGradientOperators } from "@xdeep/autodiff";
import { type NodeProto, isDefaultDomain, sinceVersion } from "@xdeep/onnx";

/** Whether there is a gradient rule: "not needed" for operators that no gradient meets, "zero" for those that are constant almost everywhere. */
export type RuleStatus = "yes" | "no" | "zero" | "not needed";

/** One operator of a model. */
export interface OperatorCoverage {
  readonly op: string;
  /** "" for ONNX's own. */
  readonly domain: string;
  readonly count: number;
  /** How many lie between what is attributed to and an output. */
  readonly onPath: number;
  /** Version in force; null where the domain has none that is known. */
  readonly since: number | null;
  readonly rule: RuleStatus;
}

/** The operators of a graph by name; `onPath` are the nodes that a gradient passes. */
export function operatorCoverage(graph: TypedGraph, onPath: ReadonlySet<NodeProto>): readonly OperatorCoverage[] {
  const groups = new Map<string, NodeProto[]>();
  for (const node of graph.nodes) {
    const name = operatorName(node);
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, nodes]) => {
      const [first] = nodes as [NodeProto];
      return {
        op: first.opType,
        domain: isDefaultDomain(first.domain) ? "" : first.domain,
        count: nodes.length,
        onPath: nodes.filter((node) => onPath.has(node)).length,
        since: sinceVersion(first.domain, first.opType, graph.opset) ?? null,
        rule: statusOf(graph, nodes, onPath),
      };
    });
}

/** Names of operators among these nodes that have no rule. */
export function missingOn(graph: TypedGraph, nodes: readonly NodeProto[]): readonly string[] {
  return [...new Set(nodes.filter((node) => isMissing(findRule(node, builtinRules, graph.opset))).map(operatorName))].toSorted();
}

function statusOf(graph: TypedGraph, nodes: readonly NodeProto[], onPath: ReadonlySet<NodeProto>): RuleStatus {
  const passed = nodes.filter((node) => onPath.has(node));
  if (passed.length > 0) return missingOn(graph, passed).length > 0 ? "no" : "yes";
  return nodes.some((node) => !carriesGradient(node) && zeroGradientOperators.has(operatorName(node))) ? "zero" : "not needed";
}

function operatorName({ opType, domain }: NodeProto): string {
  return isDefaultDomain(domain) ? opType : `${domain}:${opType}`;
}
