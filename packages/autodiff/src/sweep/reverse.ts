import { XDeepError, isXDeepError } from "@xdeep/core";
import { Attributes, type Facts, type GraphBuilder, type NodeProto, type Value, inferSubgraph, isDefaultDomain, isFloatType, operandsOf } from "@xdeep/onnx";
import { type ActivePath, activePath } from "./path/active-path.ts";
import { carriesGradient } from "./coverage.ts";
import { nodeLabel } from "../graph/node-label.ts";
import type { Passing } from "./backward-rule.ts";
import { held } from "./lowering.ts";
import type { GraphFacts, GradientRule, PullbackContext, SubgraphSweep } from "./rule.ts";
import { sumOfTerms } from "./sum-of-terms.ts";
import { consumersIn, writtenNodes } from "./surroundings.ts";
import type { Surroundings } from "./rule.ts";
import { orderKeepingOperators, unboundedSlopeOperators } from "../graph/operator-traits.ts";
import { subgraphWirings } from "../graph/subgraph-wiring.ts";
import { producersOf, valueOf } from "../graph/typed-graph.ts";
import { twinWithin } from "./twin.ts";
import { unbroadcast } from "./unbroadcast.ts";

/** What the reverse sweep needs beside the graph. */
export interface Sweep {
  readonly graph: GraphFacts;
  readonly path: ActivePath;
  readonly g: GraphBuilder;
  readonly ruleOf: (node: NodeProto, graph: GraphFacts) => GradientRule;
  /** A rule as the backward rule in force has it. */
  readonly modified: PullbackContext["modified"];
  /** Branches and bodies of loops as the backward rule in force sees them. Default: as they are. */
  readonly bodyOf?: Passing["bodyOf"];
  /** A value in the reference run; itself where both runs have the same. Left out by rules that look at one run. */
  readonly twinOf?: ((value: Value) => Value) | undefined;
  /** Names for outputs that rules add to forward nodes, by node; filled here. */
  readonly addedOutputs: Map<NodeProto, Map<number, string>>;
  /** Where what rules refuse is collected, so that all of it can be said at once. Without it the first is thrown. */
  readonly refused?: XDeepError[] | undefined;
  readonly around: Omit<Surroundings, "handOver">;
}

/** Reverse mode: from the cotangent of one value to the cotangents of all values on the path, node by node, last first. */
export function reverseSweep(sweep: Sweep, of: string, cotangent: Value): (name: string) => Value | null {
  return reverseSweepFrom(sweep, new Map([[of, cotangent]]));
}

/** Reverse mode from the cotangents of several values. */
export function reverseSweepFrom(sweep: Sweep, cotangents: ReadonlyMap<string, Value>): (name: string) => Value | null {
  const terms = new Map<string, Value[]>([...cotangents].map(([name, cotangent]) => [name, [cotangent]]));
  const cotangentOf = (name: string): Value | null => {
    const list = terms.get(name);
    if (list === undefined) return null;
    const sum = sumOfTerms(sweep.g, list, sweep.around.writtenBy);
    terms.set(name, [sum]);
    return sum;
  };
  const add = (name: string, term: Value): void => {
    const list = terms.get(name);
    if (list === undefined) terms.set(name, [term]);
    else list.push(term);
  };
  const pending = new Set(sweep.path.nodes.flatMap(({ output }) => output));
  const handOver: Surroundings["handOver"] = (name) => (pending.has(name) ? (term) => add(name, term) : null);
  for (const node of sweep.path.nodes.toReversed()) {
    for (const name of node.output) pending.delete(name);
    if (!node.output.some((name) => terms.has(name))) continue;
    sweep.g.setScope(`gradient/${nodeLabel(node)}`);
    for (const [name, term] of pullBack(sweep, node, { cotangentOf, handOver })) add(name, term);
  }
  sweep.g.setScope("gradient");
  return cotangentOf;
}

/** The cotangents of a sweep: what has come to a value so far, and more for one that is still to come. */
interface Flow {
  readonly cotangentOf: (name: string) => Value | null;
  readonly handOver: Surroundings["handOver"];
}

function pullBack(sweep: Sweep, node: NodeProto, flow: Flow): readonly (readonly [string, Value])[] {
  const rule = sweep.ruleOf(node, sweep.graph);
  const operands = operandsOf(node);
  const results = withoutDropped(sweep, node, flow, pulledBack(sweep, rule, node, operands, flow));
  if (results.length !== operands.length) {
    throw new XDeepError(
      "RULE_INVALID",
      `The gradient rule of ${node.opType} returned ${results.length} cotangents for ${operands.length} inputs of node "${nodeLabel(node)}".`,
      {
        details: { op: node.opType, node: nodeLabel(node), got: results.length, expected: operands.length },
      },
    );
  }
  return results.flatMap((result, i) => {
    const name = operands[i] ?? "";
    if (!sweep.path.values.has(name) || result === held) return [];
    const primal = valueOf(sweep.graph, name);
    if (result === null) return withoutCotangent(primal, node, i);
    const cotangent = rule.broadcasts === true ? unbroadcast(sweep.g, result, primal) : checked(result, primal, node, i);
    const facts: Facts = { type: cotangent.facts.type ?? primal.facts.type, dims: primal.facts.dims ?? cotangent.facts.dims };
    sweep.g.facts.set(cotangent.name, facts);
    return [[name, { name: cotangent.name, facts }] as const];
  });
}

/**
 * Zeros where the cotangent is zero and a Where behind the node drops what has no slope, as in Where(x > 0, log x, 0): an infinite slope times 0
 * would be NaN. A divisor that is known before the run has none.
 */
function withoutDropped({ g, path, graph }: Sweep, node: NodeProto, { cotangentOf }: Flow, results: readonly (Value | null)[]): readonly (Value | null)[] {
  const isBounded = !unboundedSlopeOperators.has(node.opType) || (node.opType === "Div" && valueOf(graph, node.input[1] ?? "").facts.constant !== undefined);
  const [output = ""] = node.output;
  const dy = isBounded || !isDefaultDomain(node.domain) || !feedsChoice(path.nodes, output, isArithmetic) ? null : cotangentOf(output);
  if (dy === null) return results;
  const zero = g.scalar(0, dy);
  const isZero = g.equal(dy, zero);
  return results.map((result) => (result === null || result === held ? result : g.where(isZero, zero, result)));
}

/** What the rule returns; zeros where it refuses the node and refusals are collected. */
function pulledBack(sweep: Sweep, rule: GradientRule, node: NodeProto, operands: readonly string[], flow: Flow): readonly (Value | null)[] {
  try {
    return rule.pullback(contextOf(sweep, node, operands, flow));
  } catch (error) {
    if (sweep.refused === undefined || !isXDeepError(error, "MODEL_UNSUPPORTED")) throw error;
    sweep.refused.push(error);
    return operands.map((name) => (sweep.path.values.has(name) ? sweep.g.zerosLike(valueOf(sweep.graph, name)) : null));
  }
}

/**
 * Integers have no cotangent. A float without one would pass for a derivative of zero, and is refused: only subgraphs show what depends on what
 * as they are gone through.
 */
function withoutCotangent(primal: Value, node: NodeProto, i: number): readonly [] {
  if (!isFloatType(primal.facts.type) || subgraphWirings(node).length > 0) return [];
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `The gradient rule of ${node.opType} has no derivative for input ${i} ("${primal.name}") of node "${nodeLabel(node)}", which depends on what is explained. Leave it out of wrt, or pass a rule through options.rules.`,
    { details: { op: node.opType, node: nodeLabel(node), input: i, value: primal.name } },
  );
}

/** A cotangent must have its primal's rank, and the dims that are known of both must agree. */
function checked(cotangent: Value, primal: Value, node: NodeProto, i: number): Value {
  const got = cotangent.facts.dims;
  const expected = primal.facts.dims;
  if (got === null || expected === null) return cotangent;
  const fits =
    got.length === expected.length && got.every((dim, axis) => typeof dim !== "number" || typeof expected[axis] !== "number" || dim === expected[axis]);
  if (fits) return cotangent;
  throw new XDeepError(
    "RULE_INVALID",
    `The gradient rule of ${node.opType} gave input ${i} of node "${nodeLabel(node)}" a cotangent of dims [${got.join(", ")}]; the input has [${expected.join(", ")}].`,
    { details: { op: node.opType, node: nodeLabel(node), input: i, got, expected } },
  );
}

function contextOf(sweep: Sweep, node: NodeProto, operands: readonly string[], { cotangentOf, handOver }: Flow): PullbackContext {
  const { graph, g, path } = sweep;
  return {
    g,
    node,
    attributes: new Attributes(node),
    opset: graph.opset,
    inputCount: operands.length,
    outputCount: node.output.length,
    input: (i) => valueOf(graph, named(operands[i], node, `input ${i}`)),
    hasInput: (i) => (operands[i] ?? "") !== "",
    output: (i) => valueOf(graph, named(node.output[i], node, `output ${i}`)),
    cotangent: (i) => {
      const name = named(node.output[i], node, `output ${i}`);
      return cotangentOf(name) ?? g.zerosLike(valueOf(graph, name));
    },
    hasCotangent: (i) => (node.output[i] ?? "") !== "" && cotangentOf(node.output[i] as string) !== null,
    wants: (i) => path.values.has(operands[i] ?? ""),
    isChosenFrom: (i) => feedsChoice(path.nodes, node.output[i] ?? "", keepsEntries),
    addOutput: (i) => addOutput(sweep, node, i),
    around: { ...sweep.around, handOver },
    modified: sweep.modified,
    twin: sweep.twinOf ?? ((value) => value),
    sweepSubgraph: (subgraph) => sweepSubgraph(sweep, subgraph),
  };
}

/** Whether a value is what a Where chooses from, after operators that `through` names. */
function feedsChoice(nodes: readonly NodeProto[], name: string, through: (op: string) => boolean): boolean {
  const names = new Set([name]);
  for (const { opType, input, output } of nodes) {
    if (opType === "Where" && input.some((read, i) => i > 0 && names.has(read))) return true;
    if (through(opType) && input.some((read) => names.has(read))) names.add(output[0] ?? "");
  }
  return false;
}

function keepsEntries(op: string): boolean {
  return op === "Transpose" || orderKeepingOperators.has(op);
}

/** Entries depend on those at the same place, and what is no number stays so. */
function isArithmetic(op: string): boolean {
  return keepsEntries(op) || unboundedSlopeOperators.has(op) || ["Add", "Mul", "Neg", "Sub"].includes(op);
}

function sweepSubgraph(sweep: Sweep, { g, graph, inputs, cotangents, wrt, twins }: SubgraphSweep): (name: string) => Value | null {
  const { opset } = sweep.graph;
  const inner = inferSubgraph(graph, sweep.graph.facts, { opset, inputs });
  const plain = { facts: new Map([...sweep.graph.facts, ...inner]), nodes: graph.node, producers: producersOf(graph) };
  const { facts, nodes, producers } = sweep.bodyOf?.({ graph, facts: plain.facts }, g, [...cotangents.keys(), ...wrt]) ?? plain;
  const path = activePath({ facts, nodes }, [...cotangents.keys()], wrt, carriesGradient);
  const addedOutputs = new Map<NodeProto, Map<number, string>>();
  // A cotangent has the dims of its value inside, of which more may be known than of the value outside.
  const known = new Map(
    [...cotangents].map(([name, dy]) => [name, { name: dy.name, facts: { type: dy.facts.type, dims: facts.get(name)?.dims ?? dy.facts.dims } }]),
  );
  const around: Sweep["around"] = {
    valueOf: (name) => valueOf({ facts }, name),
    producerOf: (name) => producers.get(name) ?? null,
    consumersOf: consumersIn(nodes),
    passageOf: sweep.around.passageOf,
    isWanted: (name) => wrt.includes(name),
    writtenBy: writtenNodes(g),
    inputs: [],
    forms: new Map(),
    replaced: null,
  };
  const twinOf = sweep.twinOf && twinWithin(twins, sweep.twinOf);
  const cotangentOf = reverseSweepFrom({ ...sweep, graph: { facts, opset }, path, g, twinOf, addedOutputs, around }, known);
  // The nodes are copies that belong to the gradient.
  for (const [node, added] of addedOutputs) for (const [i, name] of added) node.output[i] = name;
  return cotangentOf;
}

function named(name: string | undefined, node: NodeProto, what: string): string {
  if (name !== undefined && name !== "") return name;
  throw new XDeepError("RULE_INVALID", `The gradient rule of ${node.opType} asked for ${what} of node "${nodeLabel(node)}", which is not there.`);
}

function addOutput(sweep: Sweep, node: NodeProto, i: number): Value {
  const existing = node.output[i];
  if (existing !== undefined && existing !== "") return valueOf(sweep.graph, existing);
  const added = sweep.addedOutputs.get(node) ?? new Map<number, string>();
  sweep.addedOutputs.set(node, added);
  const name = added.get(i) ?? sweep.g.freshName(`output_${i}`);
  added.set(i, name);
  const like = valueOf(sweep.graph, node.output[0] ?? "");
  return { name, facts: { type: null, dims: like.facts.dims } };
}
