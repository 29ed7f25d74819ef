import { type NodeProto, isDefaultDomain, sinceVersion, withSubgraphs } from "@xdeep/onnx";
import { zeroGradientOperators } from "../graph/operator-traits.ts";
import type { TypedGraph } from "../graph/typed-graph.ts";
import { carriesGradient, findRule, isMissing } from "../sweep/coverage.ts";
import { type RuleSet, operatorKey } from "../sweep/rule-set.ts";

/** Whether there is a gradient rule: "not needed" for operators that no gradient meets, "zero" for those that are constant almost everywhere. */
export type RuleStatus = "yes" | "no" | "zero" | "not needed";

/** One operator of a model, subgraphs included. */
export interface OperatorCoverage {
  readonly op: string;
  /** "" for ONNX's own. */
  readonly domain: string;
  readonly count: number;
  /** How many of them stand in branches of If and bodies of Loop and Scan. */
  readonly inSubgraphs: number;
  /** How many lie between what is attributed to and an output. */
  readonly onPath: number;
  /** Version in force; null where the domain has none that is known. */
  readonly since: number | null;
  readonly rule: RuleStatus;
}

/** The operators of a graph and its subgraphs by name; `onPath` are the nodes that a gradient passes. */
export function operatorCoverage(graph: TypedGraph, rules: RuleSet, onPath: ReadonlySet<NodeProto>): readonly OperatorCoverage[] {
  const own = new Set(graph.nodes);
  const groups = new Map<string, NodeProto[]>();
  for (const node of withSubgraphs(graph.nodes)) {
    const name = operatorKey(node.opType, node.domain);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [node]);
    else group.push(node);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, nodes]) => {
      const [{ opType, domain }] = nodes as [NodeProto];
      return {
        op: opType,
        domain: isDefaultDomain(domain) ? "" : domain,
        count: nodes.length,
        inSubgraphs: nodes.filter((node) => !own.has(node)).length,
        onPath: nodes.filter((node) => onPath.has(node)).length,
        since: sinceVersion(domain, opType, graph.opset) ?? null,
        rule: statusOf(nodes, rules, graph.opset, onPath),
      };
    });
}

function statusOf(nodes: readonly NodeProto[], rules: RuleSet, opset: number, onPath: ReadonlySet<NodeProto>): RuleStatus {
  const passed = nodes.filter((node) => onPath.has(node));
  if (passed.length > 0) return passed.some((node) => isMissing(findRule(node, rules, opset))) ? "no" : "yes";
  return nodes.some((node) => !carriesGradient(node) && zeroGradientOperators.has(operatorKey(node.opType, node.domain))) ? "zero" : "not needed";
}
