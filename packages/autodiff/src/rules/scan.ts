import { type Facts, type GraphProto, type Value, withFields } from "@xdeep/onnx";
import { subgraphOf, usedValues } from "../loops/gradient-body.ts";
import { hoistInvariants } from "../loops/hoist-invariants.ts";
import { rememberingBody } from "../loops/remember-states.ts";
import type { GradientRule, PullbackContext } from "../sweep/rule.ts";
import { byOperand, placeholder, stepGradient } from "../loops/step-gradient.ts";

/**
 * Scan: (sₜ₊₁, yₜ) = body(sₜ, xₜ, v);  s̄ₜ, x̄ₜ = the body's pullback of s̄ₜ₊₁ and ȳₜ, last step first; v̄ = Σ over the steps.
 *
 * v are the values that the body takes from outside. One Scan finds the states before each step again, another runs backwards and repeats
 * each step beside its gradient.
 */
export const scanRule: GradientRule = {
  op: "Scan",
  since: [11, 16, 19, 21, 23, 24, 25],
  pullback: function scanPullback(context) {
    const { g, node, attributes, input, outputCount, hasCotangent, cotangent } = context;
    const count = node.input.length - attributes.int("num_scan_inputs", 1);
    const inner = g.subgraph();
    const states = Array.from({ length: count }, (_, operand) => ({ operand, value: placeholder(inner, "state", input(operand).facts) }));
    const sources = node.input.slice(count).map((_, i) => sideOf(context, "input", count + i, i));
    const elements = sources.map(({ operand, axis }) => ({ operand, value: placeholder(inner, "element", withoutAxis(input(operand).facts, axis)) }));
    const scanned = Array.from({ length: outputCount - count }, (_, i) => (hasCotangent(count + i) ? sideOf(context, "output", count + i, i) : null));
    const cotangents = scanned.map((side) => side && placeholder(inner, "cotangent", withoutAxis(cotangent(side.operand).facts, side.axis)));
    const results = stepGradient(context, { inner, body: attributes.graph("body") as GraphProto, counters: [], conditions: 0, states, elements, cotangents });

    const values = results.map(({ value }) => value);
    const carried = results.flatMap((result) => (result.carried === undefined ? [] : [result.carried]));
    const varying = [...states, ...elements].map(({ value }) => value).concat(cotangents.filter((value) => value !== null));
    hoistInvariants(
      inner,
      g,
      [...varying, ...carried.map((value) => value.input)].map(({ name }) => name),
    );
    const used = new Set(usedValues(inner, varying, values));
    // A Scan takes its length from what it scans.
    if (used.size === 0) used.add((elements[0] as { value: Value }).value);
    const kept = states.filter(({ value }) => used.has(value)).map(({ operand }) => operand);
    const before = statesBefore(
      context,
      [...states, ...elements].map(({ value }) => value.facts),
      count,
      kept,
    );
    const columns = [
      ...kept.map((i, k) => ({ value: (states[i] as { value: Value }).value, from: before[k] as Value, axis: 0, backwards: 0 })),
      ...sources.map((side, i) => ({ value: (elements[i] as { value: Value }).value, from: input(side.operand), ...side })),
      ...scanned.flatMap((side, i) => (side === null ? [] : [{ value: cotangents[i] as Value, from: cotangent(side.operand), ...side }])),
    ].filter(({ value }) => used.has(value));
    const written = sources.filter(({ operand }) => results.some((result) => result.operand === operand));
    const body = subgraphOf(inner, [...carried.map((value) => value.input), ...columns.map(({ value }) => value)], values);
    const outputs = g.emit(
      "Scan",
      [...carried.map(({ start }) => start), ...columns.map(({ from }) => from)],
      {
        body,
        num_scan_inputs: columns.length,
        scan_input_axes: columns.map(({ axis }) => axis),
        scan_input_directions: columns.map(({ backwards }) => 1 - backwards),
        scan_output_axes: written.length === 0 ? undefined : written.map(({ axis }) => axis),
        scan_output_directions: written.length === 0 ? undefined : written.map(({ backwards }) => 1 - backwards),
      },
      { outputs: results.length },
    );
    return byOperand(context, results, outputs);
  },
};

/** A scanned input or output: along which axis, and whether from its end. `operand` is its place among the node's inputs or outputs. */
function sideOf({ attributes }: PullbackContext, side: "input" | "output", operand: number, i: number): { operand: number; axis: number; backwards: number } {
  return { operand, axis: attributes.ints(`scan_${side}_axes`)?.[i] ?? 0, backwards: attributes.ints(`scan_${side}_directions`)?.[i] ?? 0 };
}

/** The states before every step, [T, …], found by running the Scan again. */
function statesBefore(context: PullbackContext, facts: readonly Facts[], count: number, kept: readonly number[]): readonly Value[] {
  const { g, node, input } = context;
  if (kept.length === 0) return [];
  const body = rememberingBody(context, { inputs: facts, first: 0, conditions: 0, kept, count });
  const inputs = node.input.map((_, i) => input(i));
  return g
    .repeat(
      withFields(node, { attribute: node.attribute.filter(({ name }) => !name.startsWith("scan_output")) }),
      inputs,
      { body },
      { outputs: count + kept.length },
    )
    .slice(count);
}

function withoutAxis({ type, dims }: Facts, axis: number): Facts {
  return { type, dims: dims?.toSpliced(axis < 0 ? axis + dims.length : axis, 1) ?? null };
}
