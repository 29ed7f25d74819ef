import { type RectifierRule, XDeepError } from "@xdeep/core";
import { unknownWrt } from "@xdeep/core/backend";
import { type GraphBuilder, type NodeProto, type Value, isFloatType } from "@xdeep/onnx";
import { type ActivePath, activePath } from "./active-path.ts";
import { type MissingRule, carriesGradient, findRule, isMissing, missingRulesError, refusedNodesError } from "./coverage.ts";
import { gradientNotes } from "./gradient-notes.ts";
import { nodesOnPath } from "./nodes-on-path.ts";
import { DEFAULT_RECTIFIERS, checkRectifiers, checkRule, isRectifier, modifiedRule } from "./rectifier.ts";
import { recurrentRectifiers } from "./recurrent-rectifiers.ts";
import { type Lowering, lowered } from "./lowering.ts";
import { type Sweep, reverseSweep } from "./reverse.ts";
import type { GraphFacts, GradientRule } from "./rule.ts";
import { type RuleSet, operatorKey } from "./rule-set.ts";
import { consumersIn, writtenNodes } from "./surroundings.ts";
import type { CotangentForm } from "./rule.ts";
import { type TypedGraph, floatInputs, valueOf } from "../graph/typed-graph.ts";

/** Which gradient is wanted, and by which rules. */
export interface GradientOptions {
  /** The value that is differentiated. */
  readonly of: string;
  /** The values to differentiate with respect to: inputs or inner values. */
  readonly wrt: readonly string[];
  /** How cotangents pass rectifiers. Default "standard". */
  readonly rule?: RectifierRule | undefined;
  /** Operators that count as rectifiers. Default ["Relu", "Relu6"]. */
  readonly rectifiers?: readonly string[] | undefined;
  /** Rules by operator: `builtinRules`, or a set that holds no more than the graph needs. */
  readonly rules: RuleSet;
  /** Forms that an engine runs faster, tried before the rules' plain forms: `cpuLowerings`, `wasmLowerings` or `webgpuLowerings`. Default: none. */
  readonly lowerings?: readonly Lowering[] | undefined;
}

export interface GradientValues {
  /** x̄ by the names of `wrt`. Zeros where the explained value does not depend on one. */
  readonly cotangents: ReadonlyMap<string, Value>;
  /** How many rectifiers the rule acted on; 0 for "standard". */
  readonly rectifiers: number;
  /** What is approximate on the way, in words; mostly empty. */
  readonly notes: readonly string[];
  /** Outputs that rules need and forward nodes do not yet have, by node and index. */
  readonly addedOutputs: ReadonlyMap<NodeProto, ReadonlyMap<number, string>>;
  /** What stands in place of forward nodes, by node: the same values in a form that suits the gradient. */
  readonly replaced: ReadonlyMap<NodeProto, readonly NodeProto[]>;
}

/**
 * Writes the nodes that take the cotangent of one value back to others. `form` says what else is known of that cotangent.
 *
 * @throws {XDeepError} WRT_UNKNOWN or OUTPUT_UNKNOWN for names that are no float value of the graph; GRADIENT_MISSING with every node on the
 * way that has no rule; MODEL_UNSUPPORTED with every node whose form its rule does not know; RULE_UNKNOWN, OPTION_INVALID for a rule or a rectifier that does not exist.
 */
export function writeGradient(graph: TypedGraph, g: GraphBuilder, options: GradientOptions, cotangent: Value, form?: CotangentForm): GradientValues {
  const path = checkedPath(graph, options);
  const rules = rulesInForce(graph, path, options);
  const addedOutputs = new Map<NodeProto, Map<number, string>>();
  const refused: XDeepError[] = [];
  const around = surroundings(graph, g, options);
  if (form !== undefined) around.forms.set(cotangent.name, form);
  const cotangentOf = reverseSweep({ graph, path, g, ...rules, addedOutputs, refused, around }, options.of, cotangent);
  if (refused.length > 0) throw refusedNodesError(refused, options.of);
  const cotangents = new Map(options.wrt.map((name) => [name, cotangentOf(name) ?? g.zerosLike(valueOf(graph, name))]));
  return { cotangents, rectifiers: countRectifiers(graph, path, options), notes: gradientNotes(path), addedOutputs, replaced: around.replaced ?? new Map() };
}

function checkedPath(graph: TypedGraph, { of, wrt }: GradientOptions): ActivePath {
  checkFloatValue(graph, of, "OUTPUT_UNKNOWN");
  for (const name of wrt) checkFloatValue(graph, name, "WRT_UNKNOWN");
  return activePath(graph, of, wrt, carriesGradient);
}

function checkFloatValue(graph: TypedGraph, name: string, code: "OUTPUT_UNKNOWN" | "WRT_UNKNOWN"): void {
  const facts = graph.facts.get(name);
  if (facts !== undefined && (facts.type === null || isFloatType(facts.type))) return;
  if (facts === undefined && code === "WRT_UNKNOWN") throw unknownWrt(name, floatNames(graph));
  const why = facts === undefined ? "the graph has no such value" : `it has type ${facts.type}, and only float values have gradients`;
  const known = [...graph.graph.input, ...graph.graph.output].map((value) => value.name);
  const what = code === "WRT_UNKNOWN" ? "with respect to" : "of";
  throw new XDeepError(code, `Cannot take a gradient ${what} "${name}": ${why}. Inputs and outputs are: ${known.join(", ")}.`, { details: { name, known } });
}

function floatNames(graph: TypedGraph): readonly string[] {
  return [...floatInputs(graph), ...[...graph.producers.keys()].filter((name) => isFloatType(graph.facts.get(name)?.type ?? null))];
}

/** Finds the rule of every node on the path, or throws one error for all that have none, those of subgraphs included. */
function rulesInForce(graph: TypedGraph, path: ActivePath, options: GradientOptions): Pick<Sweep, "modified" | "ruleOf"> {
  checkRule(options.rule ?? "standard");
  checkRectifiers(options.rectifiers ?? DEFAULT_RECTIFIERS);
  const missing = nodesOnPath(graph, path)
    .map((placed) => lookUp(placed.node, placed.graph, options))
    .filter(isMissing);
  if (missing.length > 0) throw missingRulesError(missing, options.of);
  return {
    ruleOf(node, around) {
      const found = lookUp(node, around, options);
      if (isMissing(found)) throw missingRulesError([found], options.of);
      return found;
    },
    modified: (rule, node, around) => modified(rule, node, around, options),
  };
}

function lookUp(node: NodeProto, graph: GraphFacts, options: GradientOptions): GradientRule | MissingRule {
  const found = findRule(node, options.rules, graph.opset);
  return isMissing(found) ? found : modified(lowered(found, options.lowerings ?? []), node, graph, options);
}

function surroundings(graph: TypedGraph, g: GraphBuilder, options: GradientOptions): Sweep["around"] {
  return {
    valueOf: (name) => valueOf(graph, name),
    producerOf: (name) => graph.producers.get(name) ?? null,
    consumersOf: consumersIn(graph.nodes),
    passageOf(node) {
      const rule = options.rules.get(operatorKey(node.opType, node.domain));
      if (rule === undefined) return null;
      const { rule: modification = "standard", rectifiers = DEFAULT_RECTIFIERS } = options;
      return { rule, modification: isRectifier(graph, node, rectifiers) ? modification : "standard" };
    },
    isWanted: (name) => options.wrt.includes(name),
    writtenBy: writtenNodes(g),
    inputs: graph.graph.input.map(({ name }) => valueOf(graph, name)),
    forms: new Map(),
    replaced: new Map(),
  };
}

function modified(
  found: GradientRule,
  node: NodeProto,
  graph: GraphFacts,
  { rule = "standard", rectifiers = DEFAULT_RECTIFIERS }: GradientOptions,
): GradientRule {
  return rule === "standard" || !isRectifier(graph, node, rectifiers) ? found : modifiedRule(found, rule);
}

function countRectifiers(graph: TypedGraph, path: ActivePath, { rule = "standard", rectifiers = DEFAULT_RECTIFIERS }: GradientOptions): number {
  if (rule === "standard") return 0;
  const counts = nodesOnPath(graph, path).map((placed) =>
    isRectifier(placed.graph, placed.node, rectifiers) ? 1 : recurrentRectifiers(placed.node, rectifiers),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
