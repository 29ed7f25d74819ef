import type { GraphBuilder, Value } from "@xdeep/onnx";
import { subgraphOf } from "./gradient-body.ts";
import { type Activation, recurrentActivations } from "./recurrent-activation.ts";
import type { PullbackContext } from "./rule.ts";
import { unsupportedNode } from "./unsupported-node.ts";

/** What one direction of a recurrent layer computes with; gates lie side by side in the last axis. */
export interface Direction {
  readonly hidden: number;
  readonly activations: readonly Activation[];
  /** Limits what goes into an activation to ±clip. */
  readonly clip: (g: GraphBuilder, x: Value) => Value;
  /** Wᵀ, [input size, gates · hidden]. */
  readonly inputWeights: Value;
  /** Rᵀ, [hidden, gates · hidden]. */
  readonly stateWeights: Value;
  /** [gates · hidden], or null where the layer has none. */
  readonly inputBias: Value | null;
  /** [gates · hidden], or null where the layer has none. */
  readonly stateBias: Value | null;
  /** [3 · hidden], or null where the layer has none. */
  readonly peepholes: Value | null;
}

/** One step, written into the body of a Scan: the states after the input x [N, gates · hidden], which W and the layer's own bias have been applied to. */
export type Cell = (g: GraphBuilder, x: Value, states: readonly Value[]) => readonly Value[];

/** What is special about an operator. */
export interface RecurrentKind {
  readonly gates: number;
  /** The operator's inputs that start the states. */
  readonly starts: readonly number[];
  /** Of one direction, unless the node names others. */
  readonly activations: readonly string[];
  /** Writes what does not change from step to step: the bias that is added to W x, and the cell. */
  readonly prepare: (g: GraphBuilder, direction: Direction, context: PullbackContext) => { readonly bias: Value | null; readonly cell: Cell };
}

/** Writes a recurrent operator as one Scan per direction over W x, which is computed for all steps at once. Returns Y and the last states. */
export function recurrentLayer(context: PullbackContext, kind: RecurrentKind): readonly Value[] {
  const { g, attributes, input } = context;
  const batchFirst = attributes.int("layout", 0) === 1;
  const x = batchFirst ? g.transpose(input(0), [1, 0, 2]) : input(0);
  const count = attributes.string("direction", "forward") === "bidirectional" ? 2 : 1;
  const mask = stepMask(context, x);
  const results = directionsOf(context, kind, count).map((direction, d) => {
    const starts = kind.starts.map((index) => startOf(context, x, index, d, count, direction.hidden));
    return runDirection(context, kind, direction, x, starts, mask, d === 1 || attributes.string("direction", "forward") === "reverse");
  });
  const y = g.concat(results.map(([steps]) => g.unsqueeze(steps as Value, [1])), 1);
  const last = kind.starts.map((_, s) => g.concat(results.map((result) => g.unsqueeze(result[1 + s] as Value, [0])), 0));
  return batchFirst ? [g.transpose(y, [2, 0, 1, 3]), ...last.map((state) => g.transpose(state, [1, 0, 2]))] : [y, ...last];
}

/** Returns h of every step, [T, N, hidden], and the last states, [N, hidden]. */
function runDirection(context: PullbackContext, kind: RecurrentKind, direction: Direction, x: Value, starts: readonly Value[], mask: Value | null, backwards: boolean): readonly Value[] {
  const { g } = context;
  const { bias, cell } = kind.prepare(g, direction, context);
  const product = g.matmul(x, direction.inputWeights);
  const projected = bias === null ? product : g.add(product, bias);
  const inner = g.subgraph();
  const step = (like: Value, dims: Value["facts"]["dims"]): Value => ({ name: inner.freshName("step"), facts: { type: like.facts.type, dims } });
  const batch = x.facts.dims?.[1] ?? null;
  const states = starts.map((start) => step(start, [batch, direction.hidden]));
  const element = step(x, [batch, kind.gates * direction.hidden]);
  const running = mask === null ? null : step(mask, [batch, 1]);
  const next = cell(inner, element, states);
  const kept = next.map((value, s) => (running === null ? value : inner.where(running, value, states[s] as Value)));
  const shown = running === null ? (next[0] as Value) : inner.keepWhere(running, next[0] as Value);
  const scanned = running === null ? [element] : [element, running];
  const body = subgraphOf(inner, [...states, ...scanned], [...kept, shown]);
  const outputs = g.emit("Scan", [...starts, projected, ...(mask === null ? [] : [mask])], {
    body,
    num_scan_inputs: scanned.length,
    scan_input_directions: scanned.map(() => (backwards ? 1 : 0)),
    scan_output_directions: [backwards ? 1 : 0],
  }, { outputs: starts.length + 1 });
  return [outputs.at(-1) as Value, ...outputs.slice(0, -1)];
}

function directionsOf({ g, node, attributes, input, hasInput }: PullbackContext, { gates, activations }: RecurrentKind, count: number): readonly Direction[] {
  const hidden = attributes.int("hidden_size") ?? input(2).facts.dims?.[2];
  if (typeof hidden !== "number") throw unsupportedNode(node, "its hidden size is known only at run time. Export the model with hidden_size or with weights of known dims.");
  const all = recurrentActivations(node, attributes, activations);
  const limit = attributes.float("clip");
  const [w, r] = [partsOf(g, input(1), count), partsOf(g, input(2), count)];
  const biases = hasInput(3) ? partsOf(g, input(3), count).map((bias) => g.emit("Split", [bias], { axis: 0, num_outputs: 2 }, { outputs: 2 })) : [];
  const peepholes = hasInput(7) ? partsOf(g, input(7), count) : [];
  return Array.from({ length: count }, (_, d) => ({
    hidden,
    activations: all.slice(d * activations.length, (d + 1) * activations.length),
    clip: (inner, value) => (limit === undefined ? value : inner.op("Clip", [value, inner.scalar(-limit, value), inner.scalar(limit, value)])),
    inputWeights: g.transpose(w[d] as Value, [1, 0]),
    stateWeights: g.transpose(r[d] as Value, [1, 0]),
    inputBias: biases[d]?.[0] ?? null,
    stateBias: biases[d]?.[1] ?? null,
    peepholes: peepholes[d] ?? null,
  }));
}

/** The parts of a value whose first axis is the direction. */
function partsOf(g: GraphBuilder, value: Value, count: number): readonly Value[] {
  const parts = count === 1 ? [value] : g.emit("Split", [value], { axis: 0, num_outputs: count }, { outputs: count });
  return parts.map((part) => g.squeeze(part, [0]));
}

/** A state [N, hidden] before the first step: zeros where none is given. */
function startOf({ g, attributes, input, hasInput }: PullbackContext, x: Value, index: number, d: number, count: number, hidden: number): Value {
  if (!hasInput(index)) return g.expand(g.scalar(0, x), g.concat([g.dimOf(x, 1), g.ints([hidden])], 0));
  const given = attributes.int("layout", 0) === 1 ? g.transpose(input(index), [1, 0, 2]) : input(index);
  return partsOf(g, given, count)[d] as Value;
}

/** bool [T, N, 1], true in the steps that a sequence has; null where all have as many. */
function stepMask({ g, input, hasInput }: PullbackContext, x: Value): Value | null {
  if (!hasInput(4)) return null;
  const steps = g.op("Range", [g.int(0), g.squeeze(g.dimOf(x, 0), [0]), g.int(1)]);
  return g.unsqueeze(g.less(g.unsqueeze(steps, [1]), g.cast(input(4), "int64")), [2]);
}
