import { XDeepError } from "@xdeep/core";
import { type Facts, type GraphBuilder, type NodeProto, type Value, operandsOf, unknownFacts } from "@xdeep/onnx";
import { activePath } from "./path/active-path.ts";
import { carriesGradient, findRule, isMissing } from "./coverage.ts";
import { nodeLabel } from "../graph/node-label.ts";
import { type Sweep, reverseSweepFrom } from "./reverse.ts";
import { writtenNodes } from "./surroundings.ts";
import type { GradientRule, Place, Pullback, PullbackContext } from "./rule.ts";
import { ruleSet } from "./rule-set.ts";
import { producersOf, valueOf } from "../graph/typed-graph.ts";
import { twinWithin, writeTwin } from "./twin.ts";
import { unsupportedNode } from "../graph/unsupported-node.ts";

/**
 * A node's outputs written with simpler operators, in order; null or missing for outputs that no gradient comes from. Of the context it may
 * use the forward inputs, not the cotangents.
 */
export type Composition = (context: PullbackContext) => readonly (Value | null)[];

export interface CompositionOptions {
  /**
   * Whether activations of the composition count as rectifiers. True for recurrent layers, whose Tanh is part of the operator; default false: the
   * Tanh of a softcap in Attention is no activation of the network.
   */
  readonly activations?: boolean;
}

/**
 * The pullback of an operator that is defined by simpler ones: writes them, and takes the cotangents back through them by `rules`. The node
 * itself stays in the forward pass; what its gradient needs of the composition is computed a second time.
 */
export function composedPullback(rules: readonly GradientRule[], compose: Composition, options: CompositionOptions = {}): Pullback {
  return function composed(context: PullbackContext): readonly (Value | null)[] {
    const { g, wants } = context;
    const first = g.nodes.length;
    const inputs = distinctInputs(context);
    const outputs = compose({ ...context, input: (i) => inputs[i] ?? context.input(i) });
    const nodes = g.nodes.slice(first);
    const wrt = inputs.map((value, i) => (value !== null && wants(i) ? value.name : null));
    const place: Place = options.activations === true ? "activation" : "part";
    const modified: PullbackContext["modified"] = (rule, node, graph) => context.modified(rule, node, graph, place);
    const cotangentOf = sweepBack({ ...context, modified }, rules, nodes, inputs, wrt, cotangentsOf(context, outputs));
    // An input that the composition reads only through steps, as GridSample's nearest mode reads its grid, has slope 0.
    return wrt.map((name, i) => (name === null ? null : (cotangentOf(name) ?? g.zerosLike(inputs[i] as Value))));
  };
}

/** ȳ of the composition's values that are outputs, by name. */
function cotangentsOf(context: PullbackContext, outputs: readonly (Value | null)[]): ReadonlyMap<string, Value> {
  const cotangents = new Map<string, Value>();
  for (let i = 0; i < context.outputCount; i++) {
    if (!context.hasCotangent(i)) continue;
    const { name } = outputs[i] ?? missingOutput(context, i);
    const other = cotangents.get(name);
    cotangents.set(name, other === undefined ? context.cotangent(i) : context.g.add(other, context.cotangent(i)));
  }
  return cotangents;
}

function missingOutput({ node }: PullbackContext, i: number): never {
  throw unsupportedNode(node, `something depends on its output ${i}, whose gradient is not known.`);
}

/**
 * The forward inputs, each under a name of its own: one value may be fed twice, and its cotangents must be told apart. All of its places get a copy:
 * were the value itself one of them, it would be what the others are copied from, and take their cotangents too.
 */
function distinctInputs({ g, input, hasInput, inputCount }: PullbackContext): readonly (Value | null)[] {
  const values = Array.from({ length: inputCount }, (_, i) => (hasInput(i) ? input(i) : null));
  return values.map((value, i) => (value !== null && values.some((other, k) => k !== i && other?.name === value.name) ? g.op("Identity", [value]) : value));
}

/** The cotangents of the composition's values, by name. */
function sweepBack(
  context: PullbackContext,
  rules: readonly GradientRule[],
  nodes: readonly NodeProto[],
  inputs: readonly (Value | null)[],
  wrt: readonly (string | null)[],
  cotangents: ReadonlyMap<string, Value>,
): (name: string) => Value | null {
  const { g, node, opset, modified } = context;
  const graph = { opset, nodes, facts: factsOf(g, nodes, inputs) };
  const path = activePath(
    graph,
    [...cotangents.keys()],
    wrt.filter((name) => name !== null),
    carriesGradient,
  );
  const set = ruleSet(rules);
  const twins = writeTwin(g, nodes, context.twin);
  const producers = producersOf({ node: nodes });
  const sweep: Sweep = {
    graph,
    path,
    g,
    modified,
    twinOf: twinWithin(twins, context.twin),
    ruleOf(inner, around) {
      const found = findRule(inner, set, opset);
      if (!isMissing(found)) return modified(found, inner, around, "part");
      throw new XDeepError(
        "RULE_INVALID",
        `The gradient rule of ${node.opType} (node "${nodeLabel(node)}") is composed with ${inner.opType}, whose rule it does not list.`,
        {
          details: { op: node.opType, node: nodeLabel(node), missing: inner.opType },
        },
      );
    },
    addedOutputs: new Map(),
    around: {
      valueOf: (name) => valueOf(graph, name),
      producerOf: (name) => producers.get(name) ?? null,
      consumersOf: () => [],
      passageOf: () => null,
      isWanted: (name) => wrt.includes(name),
      writtenBy: writtenNodes(g),
      inputs: [],
      forms: new Map(),
      replaced: null,
    },
  };
  const cotangentOf = reverseSweepFrom(sweep, cotangents);
  for (const [inner, added] of sweep.addedOutputs) for (const [i, name] of added) inner.output[i] = name;
  return cotangentOf;
}

function factsOf(g: GraphBuilder, nodes: readonly NodeProto[], inputs: readonly (Value | null)[]): ReadonlyMap<string, Facts> {
  const known = new Map(inputs.flatMap((value) => (value === null ? [] : [[value.name, value.facts] as const])));
  for (const name of nodes.flatMap((node) => [...operandsOf(node), ...node.output])) if (!known.has(name)) known.set(name, g.facts.get(name) ?? unknownFacts);
  return known;
}
