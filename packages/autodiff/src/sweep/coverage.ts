import { XDeepError } from "@xdeep/core";
import { Attributes, type NodeProto, dataTypeName, isFloatType, sinceVersion } from "@xdeep/onnx";
import { nodeLabel } from "../graph/node-label.ts";
import { nonDifferentiableOperators, quantizedOperators, zeroGradientOperators } from "../graph/operator-traits.ts";
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
    [
      `Cannot differentiate "${of}": ${missing.length} node(s) on the way have no gradient rule.`,
      ...lines,
      ...ADVICE.filter(([concerns]) => missing.some(concerns)).map(([, advice]) => advice),
      "Pass rules of your own through options.rules (docs/write-a-rule.md).",
    ].join("\n"),
    { details: { of, missing } },
  );
}

/** What to do about operators that no rule of anybody's helps with. */
const ADVICE: readonly (readonly [concerns: (missing: MissingRule) => boolean, advice: string])[] = [
  [({ op }) => op.startsWith("TreeEnsemble"), "The scores of trees are steps: their gradient is 0 wherever there is one, and explains nothing."],
  [
    ({ domain }) => domain === "com.microsoft.nchwc",
    'ONNX Runtime wrote this file for one kind of processor. Take the file that it was made of, or optimize that at level "extended" at most.',
  ],
  [
    ({ op }) => quantizedOperators.has(op) || /^(QLinear|QGemm|DynamicQuantize|MatMulInteger|QAttention|MatMulBnb4)/.test(op),
    "Where integers are computed with, take the file before its quantization, or quantize that in the QDQ format, whose gradients pass.",
  ],
];

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
