import { type Facts, type GraphBuilder, type Value } from "@xdeep/onnx";
import { subgraphOf } from "../../sweep/loops/gradient-body.ts";
import { type WriteActivation, activationRules, recurrentActivations } from "./recurrent-activation.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { clipRule } from "../arithmetic/clip.ts";
import { concatRule } from "../layout/concat.ts";
import { expandRule } from "../layout/expand.ts";
import { gatherRule } from "../selection/gather.ts";
import { identityRule } from "../identities/identity.ts";
import { matMulRule } from "../products/matmul.ts";
import { scanRule } from "../control-flow/scan.ts";
import { splitRule } from "../layout/split.ts";
import { squeezeRule, unsqueezeRule } from "../layout/squeeze.ts";
import { subRule } from "../arithmetic/sub.ts";
import { transposeRule } from "../layout/transpose.ts";
import { whereRule } from "../arithmetic/where.ts";
import { placeholder } from "../../sweep/loops/step-gradient.ts";

/** What a cell writes its step with: values of one direction. */
export interface CellParts {
  /** Writes beside the loop over the steps. */
  readonly g: GraphBuilder;
  /** Writes the step. */
  readonly inner: GraphBuilder;
  readonly hidden: number;
  readonly activations: readonly WriteActivation[];
  /** Limits what goes into an activation to ±clip. */
  readonly clip: (x: Value) => Value;
  /** R, [gates · hidden, hidden]. */
  readonly weights: Value;
  /** [gates · hidden]; null where there is none. */
  readonly bias: Value | null;
  /** [3 · hidden]; null where there is none. */
  readonly peepholes: Value | null;
}

export interface Cell {
  readonly gates: number;
  /** 2 for an LSTM, whose second state is the cell, else 1. */
  readonly states: number;
  /** Default activations of one direction. */
  readonly activations: readonly string[];
  /** The states [N, hidden] after a step, from W x + its bias [N, gates · hidden] and the states before. */
  readonly step: (context: PullbackContext, parts: CellParts, input: Value, states: readonly Value[]) => readonly Value[];
}

/** Rules of the operators that recurrent layers are written with. */
export const recurrentRules: readonly GradientRule[] = [
  ...activationRules,
  clipRule,
  concatRule,
  expandRule,
  gatherRule,
  identityRule,
  matMulRule,
  scanRule,
  splitRule,
  squeezeRule,
  subRule,
  transposeRule,
  unsqueezeRule,
  whereRule,
];

/** A recurrent layer as one Scan for each direction. Its outputs are Y and the last states. */
export function recurrentComposition(cell: Cell): (context: PullbackContext) => readonly Value[] {
  return function recurrent(context) {
    const { g, attributes, input } = context;
    const batchFirst = attributes.int("layout", 0) === 1;
    const x = batchFirst ? g.transpose(input(0), [1, 0, 2]) : input(0);
    const count = attributes.string("direction", "forward") === "bidirectional" ? 2 : 1;
    const directions = Array.from({ length: count }, (_, d) => runDirection(context, cell, x, d));
    const joined = (k: number, axis: number): Value =>
      g.concat(
        directions.map((outputs) => g.unsqueeze(outputs[k] as Value, [axis])),
        axis,
      );
    const [y, ...last] = [joined(0, 1), ...Array.from({ length: cell.states }, (_, s) => joined(1 + s, 0))];
    if (!batchFirst) return [y, ...last];
    return [g.transpose(y, [2, 0, 1, 3]), ...last.map((state) => g.transpose(state, [1, 0, 2]))];
  };
}

/** [Y of the direction, its last states]. */
function runDirection(context: PullbackContext, cell: Cell, x: Value, d: number): readonly Value[] {
  const { g, attributes, hasInput, input } = context;
  const inner = g.subgraph();
  const { inputs, parts } = directionParts(context, cell, inner, x, d);
  const [steps, batch] = x.facts.dims ?? [];
  const facts: Facts = { type: x.facts.type, dims: [batch ?? null, parts.hidden] };
  const starts = Array.from({ length: cell.states }, (_, s) => initialState(context, x, 5 + s, d, parts.hidden));
  const states = starts.map(() => placeholder(inner, "state", facts));
  const element = placeholder(inner, "element", { type: facts.type, dims: [batch ?? null, cell.gates * parts.hidden] });
  const goesOn = hasInput(4) ? placeholder(inner, "goes on", { type: "bool", dims: [batch ?? null, 1] }) : null;
  const results = withinLengths(inner, cell.step(context, parts, element, states), states, goesOn);
  const scanned = goesOn === null ? [inputs] : [inputs, stepsWithin(g, x, input(4))];
  const backwards = d === 1 || attributes.string("direction", "forward") === "reverse" ? 1 : 0;
  const outputs = g.emit(
    "Scan",
    [...starts, ...scanned],
    {
      body: subgraphOf(inner, [...states, element, ...(goesOn === null ? [] : [goesOn])], results),
      num_scan_inputs: scanned.length,
      scan_input_directions: scanned.map(() => backwards),
      scan_output_directions: [backwards],
    },
    { outputs: results.length },
  );
  const known = outputs.map(({ name }, i): Value => ({
    name,
    facts: i < cell.states ? facts : { type: facts.type, dims: [steps ?? null, batch ?? null, parts.hidden] },
  }));
  for (const value of known) g.facts.set(value.name, value.facts);
  return [known.at(-1) as Value, ...known.slice(0, -1)];
}

/** W x + its bias for all steps, [T, N, gates · hidden], and what the steps need beside it. */
function directionParts(context: PullbackContext, cell: Cell, inner: GraphBuilder, x: Value, d: number): { inputs: Value; parts: CellParts } {
  const { g, node, attributes, input, hasInput } = context;
  const part = (i: number): Value | null => (hasInput(i) ? g.gather(input(i), g.int(d), 0) : null);
  const [weights, biases] = [part(2) as Value, part(3)];
  const [inputBias, bias] = biases === null ? [null, null] : (g.emit("Split", [biases], { axis: 0, num_outputs: 2 }, { outputs: 2 }) as [Value, Value]);
  const product = g.matmul(x, g.transpose(part(1) as Value, [1, 0]));
  const limit = attributes.float("clip");
  const count = cell.activations.length;
  const parts: CellParts = {
    g,
    inner,
    hidden: attributes.int("hidden_size") ?? (weights.facts.dims?.[1] as number),
    activations: recurrentActivations(node, attributes, cell.activations).slice(d * count, (d + 1) * count),
    clip: (value) => (limit === undefined ? value : inner.op("Clip", [value, inner.scalar(-limit, value), inner.scalar(limit, value)])),
    weights,
    bias,
    peepholes: part(7),
  };
  return { inputs: inputBias === null ? product : g.add(product, inputBias), parts };
}

/** The states after a step, then what it puts out. Past the end of its sequence a row keeps its states and puts out 0. */
function withinLengths(inner: GraphBuilder, next: readonly Value[], states: readonly Value[], goesOn: Value | null): readonly Value[] {
  const h = next[0] as Value;
  if (goesOn === null) return [...next, h];
  return [...next.map((value, s) => inner.where(goesOn, value, states[s] as Value)), inner.keepWhere(goesOn, h)];
}

/** [N, hidden]: what is given, or zeros. */
function initialState({ g, attributes, input, hasInput }: PullbackContext, x: Value, i: number, d: number, hidden: number): Value {
  if (hasInput(i)) return g.gather(input(i), g.int(d), attributes.int("layout", 0));
  return g.expand(g.scalar(0, x), g.concat([g.dimOf(x, 1), g.ints([hidden])], 0));
}

/** [T, N, 1]: true where a step is within its sequence. */
function stepsWithin(g: GraphBuilder, x: Value, lengths: Value): Value {
  const steps = g.op("Range", [g.int(0), g.reshape(g.dimOf(x, 0), g.ints([])), g.int(1)]);
  return g.unsqueeze(g.less(g.unsqueeze(steps, [1]), g.unsqueeze(g.cast(lengths, "int64"), [0])), [2]);
}
