import type { Facts, GraphBuilder, GraphProto, Value } from "@xdeep/onnx";
import { subgraphOf } from "../../sweep/loops/gradient-body.ts";
import { hoistInvariants } from "../../sweep/loops/hoist-invariants.ts";
import { rememberingBody } from "../../sweep/loops/remember-states.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { byOperand, placeholder, stepGradient } from "../../sweep/loops/step-gradient.ts";
import { inReferenceRun, valuesThatDiffer } from "../../sweep/loops/two-runs.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

const COUNTER: Facts = { type: "int64", dims: [] };
const CONDITION: Facts = { type: "bool", dims: [] };

/**
 * Loop: (sₜ₊₁, yₜ) = body(t, sₜ, v) while the condition holds;  s̄ₜ = the body's pullback of s̄ₜ₊₁ and ȳₜ, last step first; v̄ = Σ over the steps.
 *
 * v are the values that the body takes from outside. There are as many steps as in the forward run; how their number depends on x has no
 * derivative. One Loop finds the states before each step again, another runs backwards and repeats each step beside its gradient.
 */
export const loopRule: GradientRule = {
  op: "Loop",
  since: [11, 13, 16, 19, 21, 23, 24, 25],
  pullback: function loopPullback(context) {
    const { g, node, attributes, outputCount, hasCotangent, cotangent } = context;
    const known = node.input.slice(2).map((_, i) => stateFacts(context, i));
    const { rounds, states: before } = statesBefore(context, known);
    const body = attributes.graph("body") as GraphProto;
    const differing = valuesThatDiffer(context);
    const differs = known.map((_, i) => differing.has(body.input[2 + i]!.name));
    const others = differs.includes(true) ? statesBefore(inReferenceRun(context), known).states : [];
    const last = g.sub(rounds, g.int(1));
    const inner = g.subgraph();
    const [round, condition] = [placeholder(inner, "round", COUNTER), placeholder(inner, "condition", CONDITION)];
    const t = inner.sub(last, round);
    const always = truth(inner);
    const states = before.map((value, i) => ({
      operand: 2 + i,
      value: inner.gather(value, t, 0),
      twin: differs[i] === true ? inner.gather(others[i]!, t, 0) : undefined,
    }));
    const cotangents = Array.from({ length: outputCount - known.length }, (_, i) => known.length + i).map((i) =>
      hasCotangent(i) ? inner.gather(cotangent(i), t, 0) : null,
    );
    const results = stepGradient(context, {
      inner,
      body,
      isTwice: differing.size > 0,
      counters: [t, always],
      conditions: 1,
      states,
      elements: [],
      cotangents,
    });

    const carried = results.flatMap((result) => (result.carried === undefined ? [] : [result.carried]));
    hoistInvariants(
      inner,
      g,
      [round, condition, ...carried.map(({ input }) => input)].map(({ name }) => name),
    );
    const reversed = subgraphOf(inner, [round, condition, ...carried.map(({ input }) => input)], [condition, ...results.map(({ value }) => value)]);
    const outputs = g.emit("Loop", [rounds, truth(g), ...carried.map(({ start }) => start)], { body: reversed }, { outputs: results.length });
    return byOperand(context, results, outputs);
  },
};

/** The condition of a loop that ends by its count: written out, since a node of no more than a count is none to engines. */
function truth(g: GraphBuilder): Value {
  return g.constant({ type: "bool", dims: [], data: Uint8Array.of(1) });
}

/** The number of steps, and the states before each of them, [T, …], found by running the Loop again. */
function statesBefore(context: PullbackContext, known: readonly Facts[]): { rounds: Value; states: readonly Value[] } {
  const { g, node, input, hasInput } = context;
  const count = known.length;
  const body = rememberingBody(context, { inputs: [COUNTER, CONDITION, ...known], first: 2, conditions: 1, kept: [-2, ...known.keys()], count });
  const outputs = g.emit(
    "Loop",
    node.input.map((_, i) => (hasInput(i) ? input(i) : i === 1 ? truth(g) : null)),
    { body },
    { outputs: count + 1 + count },
  );
  const rounds = g.reshape(g.op("Shape", [outputs[count] as Value]), g.ints([]));
  return {
    rounds,
    states: known.map(({ type, dims }, i) => ({ name: (outputs[count + 1 + i] as Value).name, facts: { type, dims: dims && [null, ...dims] } })),
  };
}

/**
 * What holds of a state before every step.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED for states that are no tensors, or may change their number of axes: those before each step could not
 * be stacked. Engines refuse, when they run, to stack states of other dims.
 */
function stateFacts({ node, input, output }: PullbackContext, i: number): Facts {
  const { type, dims: from, container } = input(2 + i).facts;
  if (container !== undefined)
    throw unsupportedNode(node, `state ${i} is a ${container}, and gradients pass only tensors. Export the loop with tensors as states.`);
  const to = (node.output[i] ?? "") === "" ? from : output(i).facts.dims;
  if (from === null) return { type, dims: to };
  if (to === null)
    throw unsupportedNode(
      node,
      `state ${i} begins with dims [${from.join(", ")}], and its number of axes changes, or is unknown after a step. It must stay the same.`,
    );
  return { type, dims: from.map((dim, axis) => (dim === to[axis] ? dim : null)) };
}
