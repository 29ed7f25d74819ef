import { XDeepError } from "@xdeep/core";
import { Attributes, type NodeProto, dataTypeName, isFloatType, sinceVersion } from "@xdeep/onnx";
import { nodeLabel } from "../graph/node-label.ts";
import { nonDifferentiableOperators, zeroGradientOperators } from "../graph/operator-traits.ts";
import type { GradientRule } from "./rule.ts";
import { type RuleSet, operatorKey } from "./rule-set.ts";

/** Why a node's gradient cannot be written. */
export interface MissingRule {
  readonly node: string;
  readonly op: string;
  readonly domain: string;
  /** The operator's version in force, where it is known. */
  readonly since: number | undefined;
  /** Versions that a rule was checked against; empty where there is no rule. */
  readonly checked: readonly number[];
}

/** True where cotangents may pass: false for piecewise constant operators, for integers and for shapes. */
export function carriesGradient(node: NodeProto): boolean {
  const key = operatorKey(node.opType, node.domain);
  if (nonDifferentiableOperators.has(key) || zeroGradientOperators.has(key)) return false;
  return node.opType !== "Cast" || isFloatType(dataTypeName(new Attributes(node).int("to", 1)));
}

/** The rule for a node, or what is missing. A rule passed by the user for an operator of unknown version is taken as it is. */
export function findRule(node: NodeProto, rules: RuleSet, opset: number): GradientRule | MissingRule {
  const rule = rules.get(operatorKey(node.opType, node.domain));
  const since = sinceVersion(node.domain, node.opType, opset);
  if (rule !== undefined && (since === undefined || rule.since.includes(since))) return rule;
  return { node: nodeLabel(node), op: node.opType, domain: node.domain, since, checked: rule?.since ?? [] };
}

export function isMissing(found: GradientRule | MissingRule): found is MissingRule {
  return !("pullback" in found);
}

/** One error that lists every node without a rule. */
export function missingRulesError(missing: readonly MissingRule[], of: string): XDeepError {
  const lines = missing.map(({ node, op, domain, since, checked }) => {
    const name = operatorKey(op, domain);
    const versions = checked.length === 0 ? "no rule" : `rules exist for since_version ${checked.join(", ")}, the model uses ${since}`;
    return `  ${name} (node "${node}"): ${versions}`;
  });
  return new XDeepError(
    "GRADIENT_MISSING",
    `Cannot differentiate "${of}": ${missing.length} node(s) on the way have no gradient rule.\n${lines.join("\n")}\nPass rules of your own through options.rules (docs/write-a-rule.md).`,
    { details: { of, missing } },
  );
}

/** One error for all nodes that their rules refuse. */
export function refusedNodesError(refused: readonly XDeepError[], of: string): XDeepError {
  const messages = [...new Set(refused.map(({ message }) => message))];
  const [first] = refused as [XDeepError];
  if (messages.length === 1) return first;
  return new XDeepError(
    "MODEL_UNSUPPORTED",
    `Cannot differentiate "${of}": ${messages.length} nodes on the way have forms that are not known.\n${messages.map((message) => `  ${message}`).join("\n")}`,
    {
      details: { of, nodes: refused.map(({ details }) => details) },
    },
  );
}
