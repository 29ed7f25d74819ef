import { type Rule, XDeepError } from "@xdeep/core";
import { ruleName, ruleParameters, unknownWrt } from "@xdeep/core/backend";
import { type GraphBuilder, type NodeProto, type Value, isFloatType } from "@xdeep/onnx";
import { type ActivePath, activePath } from "../path/active-path.ts";
import { type MissingRule, carriesGradient, findRule, isMissing, missingRulesError, refusedNodesError } from "../coverage.ts";
import type { BackwardRule, Passing } from "../backward-rule.ts";
import { gradientNotes } from "./gradient-notes.ts";
import { nodesOnPath } from "../path/nodes-on-path.ts";
import { DEFAULT_RECTIFIERS, checkRectifiers, rectifierRules } from "../rectifiers/rectifier.ts";
import { type Lowering, lowered } from "../lowering.ts";
import { type Sweep, reverseSweep, reverseSweepFrom } from "../reverse.ts";
import type { GraphFacts, GradientRule } from "../rule.ts";
import { type RuleSet, operatorKey } from "../rule-set.ts";
import { consumersIn, writtenNodes } from "../surroundings.ts";
import type { CotangentForm } from "../rule.ts";
import { type TypedGraph, floatInputs, valueOf } from "../../graph/typed-graph.ts";

/** Which gradient is wanted, and by which rules. */
export interface GradientOptions {
  /** The value that is differentiated. */
  readonly of: string;
  /** The values to differentiate with respect to: inputs or inner values. */
  readonly wrt: readonly string[];
  /** How cotangents pass: the name of one of `backwardRules`, alone or with parameters. Default "standard". */
  readonly rule?: Rule | undefined;
  /** The rules that `rule` may name. Default: "standard", "guided" and "deconvnet"; `backwardRules` has all. */
  readonly backwardRules?: readonly BackwardRule[] | undefined;
  /** Operators that count as rectifiers. Default ["Relu", "Relu6"]. */
  readonly rectifiers?: readonly string[] | undefined;
  /** Rules by operator: `builtinRules`, or a set that holds no more than the graph needs. */
  readonly rules: RuleSet;
  /** Forms that an engine runs faster, tried before the rules' plain forms: `cpuLowerings`, `wasmLowerings` or `webgpuLowerings`. Default: none. */
  readonly lowerings?: readonly Lowering[] | undefined;
}

export interface GradientValues {
  /** x̄, or the relevance R that the rule defines, by the names of `wrt`. Zeros where the explained value does not depend on one. */
  readonly cotangents: ReadonlyMap<string, Value>;
  /** How many rectifiers the rule acted on; 0 for rules that are not about rectifiers. */
  readonly rectifiers: number;
  /** Further inputs of the graph: x′ by the names of its inputs, for rules that compare two runs. */
  readonly references: ReadonlyMap<string, Value>;
  /** The explained value at x′; null for rules that look at one run. */
  readonly atReference: Value | null;
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
 * way that has no rule; MODEL_UNSUPPORTED with every node whose form its rule does not know; RULE_UNKNOWN, RULE_INVALID, OPTION_INVALID for a rule, its
 * parameters or a rectifier that do not exist.
 */
export function writeGradient(graph: TypedGraph, g: GraphBuilder, options: GradientOptions, cotangent: Value, form?: CotangentForm): GradientValues {
  checkValues(graph, options);
  const passing = passingOf(graph, g, options);
  const seen = passing.graph ?? graph;
  const path = activePath(seen, options.of, options.wrt, carriesGradient);
  const rules = rulesInForce(seen, path, options, passing);
  const addedOutputs = new Map<NodeProto, Map<number, string>>();
  const refused: XDeepError[] = [];
  const around = surroundings(seen, g, options, passing);
  if (form !== undefined) around.forms.set(cotangent.name, form);
  const sweep: Sweep & { readonly graph: TypedGraph } = {
    graph: seen,
    path,
    g,
    ...rules,
    bodyOf: passing.bodyOf,
    twinOf: passing.twinOf,
    addedOutputs,
    refused,
    around,
  };
  const cotangentOf = reverseSweep(sweep, options.of, cotangent);
  const relevanceOf = sweepRelevances(sweep, options, passing);
  if (refused.length > 0) throw refusedNodesError(refused, options.of);
  const result = (name: string): Value => {
    const value = valueOf(graph, name);
    const [found, relevance] = [cotangentOf(name), relevanceOf(name)];
    const product = found === null ? null : (passing.result?.(value, found) ?? found);
    if (product === null) return relevance ?? g.zerosLike(value);
    return relevance === null ? product : g.add(product, relevance);
  };
  return {
    cotangents: new Map(options.wrt.map((name) => [name, result(name)])),
    rectifiers: countRectifiers(seen, path, passing),
    references: passing.references ?? new Map(),
    atReference: passing.twinOf?.(valueOf(graph, options.of)) ?? null,
    notes: [...gradientNotes(path), ...(passing.notes ?? [])],
    addedOutputs,
    replaced: around.replaced ?? new Map(),
  };
}

/** The second sweep, of what rules gave as relevance and not as a cotangent. */
function sweepRelevances(
  sweep: Sweep & { readonly graph: TypedGraph },
  { wrt }: GradientOptions,
  { relevances = new Map(), relevanceRule }: Passing,
): (name: string) => Value | null {
  if (relevances.size === 0 || relevanceRule === undefined) return () => null;
  const path = activePath(sweep.graph, [...relevances.keys()], wrt, carriesGradient);
  return reverseSweepFrom({ ...sweep, path, ruleOf: (node, around) => relevanceRule(sweep.ruleOf(node, around), node) }, relevances);
}

/** The backward rule in this graph. */
function passingOf(graph: TypedGraph, g: GraphBuilder, options: GradientOptions): Passing {
  const { rule = "standard", rectifiers = DEFAULT_RECTIFIERS, backwardRules = rectifierRules, of, wrt, rules } = options;
  const found = backwardRules.find(({ name }) => name === ruleName(rule));
  checkRectifiers(rectifiers);
  if (found !== undefined) return found.passing({ graph, g, of, wrt, parameters: ruleParameters(rule), rectifiers, rules });
  const known = backwardRules.map(({ name }) => name);
  throw new XDeepError("RULE_UNKNOWN", `There is no rule "${String(ruleName(rule))}". Rules: ${known.join(", ")}.`, { details: { rule, rules: known } });
}

function checkValues(graph: TypedGraph, { of, wrt }: GradientOptions): void {
  checkFloatValue(graph, of, "OUTPUT_UNKNOWN");
  for (const name of wrt) checkFloatValue(graph, name, "WRT_UNKNOWN");
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
function rulesInForce(graph: TypedGraph, path: ActivePath, options: GradientOptions, passing: Passing): Pick<Sweep, "modified" | "ruleOf"> {
  const lookUp = (node: NodeProto, around: GraphFacts): GradientRule | MissingRule => {
    const own = passing.ownRule?.(node);
    if (own !== undefined) return own;
    const found = findRule(node, options.rules, around.opset);
    return isMissing(found) ? found : changed(found, node, around, options, passing);
  };
  const missing = nodesOnPath(graph, path)
    .map((placed) => lookUp(placed.node, placed.graph))
    .filter(isMissing);
  if (missing.length > 0) throw missingRulesError(missing, options.of);
  return {
    ruleOf(node, around) {
      const found = lookUp(node, around);
      if (isMissing(found)) throw missingRulesError([found], options.of);
      return found;
    },
    modified: passing.ruleOf,
  };
}

/** The rule of a node under the backward rule, in the form that the engine runs fastest where it stays what it is. */
function changed(found: GradientRule, node: NodeProto, graph: GraphFacts, options: GradientOptions, passing: Passing): GradientRule {
  const lowerings = options.lowerings ?? [];
  const fast = lowered(found, lowerings);
  const plain = lowered(
    found,
    lowerings.filter(({ isNeeded }) => isNeeded === true),
  );
  const own = passing.ruleOf(plain, node, graph, "network");
  if (own === plain) return fast;
  return passing.keepsLowerings === true ? passing.ruleOf(fast, node, graph, "network") : own;
}

function surroundings(graph: TypedGraph, g: GraphBuilder, options: GradientOptions, passing: Passing): Sweep["around"] {
  return {
    valueOf: (name) => valueOf(graph, name),
    producerOf: (name) => graph.producers.get(name) ?? null,
    consumersOf: consumersIn(graph.nodes),
    passageOf(node) {
      const rule = options.rules.get(operatorKey(node.opType, node.domain));
      if (rule === undefined) return null;
      const modification = passing.ruleOf(rule, node, graph, "network") === rule ? "standard" : (options.rule ?? "standard");
      return { rule, modification };
    },
    isWanted: (name) => options.wrt.includes(name),
    writtenBy: writtenNodes(g),
    inputs: graph.graph.input.map(({ name }) => valueOf(graph, name)),
    forms: new Map(),
    replaced: new Map(),
  };
}

function countRectifiers(graph: TypedGraph, path: ActivePath, { rectifiers }: Passing): number {
  if (rectifiers === undefined) return 0;
  return nodesOnPath(graph, path).reduce((sum, placed) => sum + rectifiers(placed.node, placed.graph), 0);
}
