import { isXDeepError } from "@xdeep/core";
import { type Dim, type Facts, unknownFacts, axisFromFront } from "../../graphs/facts.ts";
import type { GraphProto, NodeProto } from "../../gen/onnx_pb.ts";
import { factsWithElements, numbersOf } from "../elements.ts";
import { mergeFacts, sameFacts } from "../merge-facts.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Operators that hold graphs. They need `context.inferSubgraph`; without it their outputs are unknown. */
export const controlFlowRules: InferenceRules = { If: chooseBranch, Loop: loop, Scan: scan };

/**
 * Passes after which a loop's state counts as unknown if it has not settled: in the loops of a graph, in the loops in those, and in all that lie deeper.
 * Each pass goes through all loops inside again.
 */
const MAX_PASSES: readonly [number, number, number] = [4, 2, 0];

function chooseBranch(node: NodeView): readonly Facts[] {
  const condition = node.number(0);
  if (condition !== null) return branch(node, condition === 0 ? "else_branch" : "then_branch");
  const yes = attempt(() => branch(node, "then_branch"));
  const no = attempt(() => branch(node, "else_branch"));
  if (yes.facts === undefined && no.facts === undefined) throw yes.error;
  // A branch that contradicts itself is never taken, as exporters write for shapes that do not occur.
  return (yes.facts ?? no.facts ?? []).map((facts, index) => mergeFacts(facts, (no.facts ?? yes.facts)?.[index] ?? unknownFacts));
}

function branch(node: NodeView, name: string): readonly Facts[] {
  return runBody(node, node.attributes.graph(name), [], name);
}

/** Comes before the names of symbols in a graph of a node. */
export function subgraphScope(node: NodeProto, attribute: string): string {
  return `${node.output.find(Boolean) ?? node.name}/${attribute}/`;
}

function attempt(infer: () => readonly Facts[]): { facts?: readonly Facts[]; error?: unknown } {
  try {
    return { facts: infer() };
  } catch (error) {
    if (!isXDeepError(error, "MODEL_INVALID")) throw error;
    return { error };
  }
}

function runBody(node: NodeView, body: GraphProto | undefined, inputs: readonly Facts[], name: string): readonly Facts[] {
  const { inferSubgraph } = node.context;
  if (body === undefined) return [];
  return inferSubgraph?.(body, inputs, subgraphScope(node.node, name)) ?? body.output.map(() => unknownFacts);
}

/** Facts of the inputs of a Loop's or Scan's body that hold in every iteration. */
export function bodyInputs(node: NodeView): readonly Facts[] {
  if (node.node.opType === "Loop") return [tensor("int64", []), ...settleLoop(node).state];
  const { state, slices } = settleScan(node);
  return [...state, ...slices.map(({ facts }) => facts)];
}

function loop(node: NodeView): readonly Facts[] {
  const settled = settleLoop(node);
  const { state, outputs } = settled;
  const rounds = roundsOf(node, settled);
  return [...state.slice(1), ...outputs.slice(state.length).map((facts) => stacked(facts, 0, rounds === Infinity ? null : rounds))];
}

/** The body runs to the given count only where its condition stays true. Infinity for a loop without end, null where it is not known. */
function roundsOf(node: NodeView, { state }: Settled): Dim {
  const runsOn = numbersOf(state[0] ?? unknownFacts)?.[0] === 1;
  if (!runsOn) return null;
  const trips = node.has(0) ? (node.elements(0)?.values[0] ?? null) : Infinity;
  return typeof trips === "number" ? Math.max(0, trips) : trips;
}

/** How often the body of a Loop or a Scan runs, as far as known before. Infinity for a loop without end. */
export function countRounds(node: NodeView): Dim {
  if (node.node.opType === "Loop") return roundsOf(node, settleLoop(node));
  return settleScan(node).slices.find(({ size }) => size !== null)?.size ?? null;
}

function settleLoop(node: NodeView): Settled {
  const body = node.attributes.graph("body");
  const initial = node.inputs.slice(2).map((facts) => facts ?? unknownFacts);
  const startsTrue = !node.has(1) || node.number(1) === 1;
  const always = factsWithElements("bool", [], startsTrue ? [1] : null);
  return settle(node, [always, ...initial], (state) => runBody(node, body, [tensor("int64", []), ...state], "body"));
}

function scan(node: NodeView): readonly Facts[] {
  if (node.context.opset < 9) return [];
  const { state, outputs, slices } = settleScan(node);
  const length = slices.map(({ size }) => size).find((size) => size !== null) ?? null;
  const outputAxes = node.attributes.ints("scan_output_axes") ?? [];
  return [...state, ...outputs.slice(state.length).map((facts, index) => stacked(facts, outputAxes[index] ?? 0, length))];
}

function settleScan(node: NodeView): Settled & { readonly slices: readonly { facts: Facts; size: Dim }[] } {
  const body = node.attributes.graph("body");
  const states = node.inputs.length - node.attributes.int("num_scan_inputs", 0);
  const axes = node.attributes.ints("scan_input_axes") ?? [];
  const slices = node.inputs.slice(states).map((facts, index) => withoutAxis(node, facts ?? unknownFacts, axes[index] ?? 0));
  const run = (state: readonly Facts[]): readonly Facts[] => runBody(node, body, [...state, ...slices.map(({ facts }) => facts)], "body");
  return {
    ...settle(
      node,
      node.inputs.slice(0, states).map((facts) => facts ?? unknownFacts),
      run,
    ),
    slices,
  };
}

interface Settled {
  readonly state: readonly Facts[];
  readonly outputs: readonly Facts[];
}

/** Facts of a loop's state that hold before every pass: those of its start, weakened until a pass keeps them. */
function settle({ context: { level = 0 } }: NodeView, initial: readonly Facts[], run: (state: readonly Facts[]) => readonly Facts[]): Settled {
  let state = initial;
  for (let pass = 0; pass < (MAX_PASSES[level] ?? MAX_PASSES[2]); pass += 1) {
    const outputs = run(state);
    const weakened = state.map((facts, index) => mergeFacts(facts, outputs[index] ?? unknownFacts));
    if (weakened.every((facts, index) => sameFacts(facts, state[index] ?? unknownFacts))) return { state, outputs };
    state = weakened;
  }
  const open = initial.map(() => unknownFacts);
  return { state: open, outputs: run(open) };
}

function withoutAxis(node: NodeView, facts: Facts, axis: number): { facts: Facts; size: Dim } {
  if (facts.dims === null) return { facts: tensor(facts.type, null), size: null };
  const at = node.axis(axis, facts.dims.length);
  return { facts: tensor(facts.type, facts.dims.toSpliced(at, 1)), size: facts.dims[at] ?? null };
}

function stacked({ type, dims }: Facts, axis: number, count: Dim): Facts {
  if (dims === null) return tensor(type, null);
  return tensor(type, dims.toSpliced(axisFromFront(axis, dims.length + 1), 0, count));
}
