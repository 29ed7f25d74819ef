import { type Facts, type GraphProto, type Value, withFields, axisFromFront } from "@xdeep/onnx";
import { subgraphOf, usedValues } from "../../sweep/loops/gradient-body.ts";
import { hoistInvariants } from "../../sweep/loops/hoist-invariants.ts";
import { rememberingBody } from "../../sweep/loops/remember-states.ts";
import { isOther } from "../../sweep/operands.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { byOperand, placeholder, stepGradient } from "../../sweep/loops/step-gradient.ts";
import { inReferenceRun, valuesThatDiffer } from "../../sweep/loops/two-runs.ts";

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
    const { g, node, attributes, input, outputCount, hasCotangent, cotangent, twin } = context;
    const count = node.input.length - attributes.int("num_scan_inputs", 1);
    const inner = g.subgraph();
    const body = attributes.graph("body") as GraphProto;
    const differing = valuesThatDiffer(context);
    const second = (value: Value, is: boolean): Value | undefined => (is ? placeholder(inner, "reference", value.facts) : undefined);
    const states = Array.from({ length: count }, (_, operand) => {
      const value = placeholder(inner, "state", input(operand).facts);
      return { operand, value, twin: second(value, differing.has(body.input[operand]!.name)) };
    });
    const sources = node.input.slice(count).map((_, i) => sideOf(context, "input", count + i, i));
    const elements = sources.map(({ operand, axis }) => {
      const value = placeholder(inner, "element", withoutAxis(input(operand).facts, axis));
      return { operand, value, twin: second(value, isOther(context, operand)) };
    });
    const scanned = Array.from({ length: outputCount - count }, (_, i) => (hasCotangent(count + i) ? sideOf(context, "output", count + i, i) : null));
    const cotangents = scanned.map((side) => side && placeholder(inner, "cotangent", withoutAxis(cotangent(side.operand).facts, side.axis)));
    const results = stepGradient(context, { inner, body, isTwice: differing.size > 0, counters: [], conditions: 0, states, elements, cotangents });

    const values = results.map(({ value }) => value);
    const carried = results.flatMap((result) => (result.carried === undefined ? [] : [result.carried]));
    const varying = [...states, ...elements].flatMap(both).concat(cotangents.filter((value) => value !== null));
    hoistInvariants(
      inner,
      g,
      [...varying, ...carried.map((value) => value.input)].map(({ name }) => name),
    );
    const used = new Set(usedValues(inner, varying, values));
    // A Scan takes its length from what it scans.
    if (used.size === 0) used.add((elements[0] as { value: Value }).value);
    const facts = [...states, ...elements].map(({ value }) => value.facts);
    const remembered = (of: "twin" | "value", run: PullbackContext): readonly Column[] => {
      const kept = states.filter((state) => state[of] !== undefined && used.has(state[of])).map(({ operand }) => operand);
      const before = statesBefore(run, facts, count, kept);
      return kept.map((i, k) => ({ value: states[i]![of] as Value, from: before[k] as Value, axis: 0, backwards: 0 }));
    };
    const columns: readonly Column[] = [
      ...remembered("value", context),
      ...remembered("twin", inReferenceRun(context)),
      ...sources.flatMap(({ axis, backwards }, i) => {
        const { operand, value, twin: other } = elements[i]!;
        const from = input(operand);
        return [{ value, from, axis, backwards }, ...(other === undefined ? [] : [{ value: other, from: twin(from), axis, backwards }])];
      }),
      ...scanned.flatMap((side, i) => (side === null ? [] : [{ value: cotangents[i] as Value, from: cotangent(side.operand), ...side }])),
    ].filter(({ value }) => used.has(value));
    const written = sources.filter(({ operand }) => results.some((result) => result.operand === operand));
    const reversed = subgraphOf(inner, [...carried.map((value) => value.input), ...columns.map(({ value }) => value)], values);
    const outputs = g.emit(
      "Scan",
      [...carried.map(({ start }) => start), ...columns.map(({ from }) => from)],
      {
        body: reversed,
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

/** What a step takes of a scanned value. */
interface Column {
  readonly value: Value;
  readonly from: Value;
  readonly axis: number;
  readonly backwards: number;
}

function both({ value, twin }: { readonly value: Value; readonly twin: Value | undefined }): readonly Value[] {
  return twin === undefined ? [value] : [value, twin];
}

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
  return { type, dims: dims?.toSpliced(axisFromFront(axis, dims.length), 1) ?? null };
}
