import { transposed } from "./matrix-product.ts";
import type { OperatorCall } from "../operator-call.ts";
import { recurrentActivations } from "./recurrent-activation.ts";
import { type Value64, value64 } from "../arrays/value64.ts";

/** The weights of one direction: gates stacked, each of `hidden` rows. */
export interface DirectionWeights {
  readonly hidden: number;
  readonly activations: readonly ((x: number) => number)[];
  /** Limits what goes into the activations to ±clip. */
  readonly clip: (x: number) => number;
  readonly inputBias: Float64Array;
  readonly stateBias: Float64Array;
  /** Peephole weights [3 · hidden]. */
  readonly peepholes: Float64Array;
  /** W · x without bias, [gates · hidden]. */
  readonly fromInput: (x: Float64Array) => Float64Array;
  /** R · h without bias, [gates · hidden]. */
  readonly fromState: (h: Float64Array) => Float64Array;
}

/** One step of one sequence: the states (h, and c for an LSTM) after the input x. */
export type Cell = (x: Float64Array, states: readonly Float64Array[]) => readonly Float64Array[];

export interface Recurrence {
  readonly gates: number;
  readonly stateCount: 1 | 2;
  readonly activations: readonly string[];
  readonly cell: (weights: DirectionWeights, call: OperatorCall) => Cell;
}

/** Runs a recurrent operator, sequence by sequence; its outputs are Y and the last states. */
export function runRecurrence(call: OperatorCall, recurrence: Recurrence): readonly Value64[] {
  const batchFirst = call.flag("layout");
  const x = batchFirst ? transposed(call.input(0), [1, 0, 2]) : call.input(0);
  const [steps, batch, inputSize] = x.dims as [number, number, number];
  const [directions, hidden] = [call.input(2).dims[0]!, call.input(2).dims[2]!];
  const y = value64(x.type, [steps, directions, batch, hidden]);
  const last = Array.from({ length: recurrence.stateCount }, (_, s) => initialState(call, 5 + s, [directions, batch, hidden], batchFirst));
  for (let d = 0; d < directions; d++) {
    const cell = recurrence.cell(directionWeights(call, recurrence, d, hidden), call);
    for (let b = 0; b < batch; b++) {
      const length = call.optional(4)?.data[b] ?? steps;
      const own = (d * batch + b) * hidden;
      let states: readonly Float64Array[] = last.map((state) => state.data.slice(own, own + hidden));
      for (let i = 0; i < length; i++) {
        const t = isBackward(call, d) ? length - 1 - i : i;
        states = cell(x.data.subarray((t * batch + b) * inputSize, (t * batch + b + 1) * inputSize), states);
        y.data.set(states[0]!, ((t * directions + d) * batch + b) * hidden);
      }
      for (const [s, state] of states.entries()) last[s]!.data.set(state, own);
    }
  }
  if (!batchFirst) return [y, ...last];
  return [transposed(y, [2, 0, 1, 3]), ...last.map((state) => transposed(state, [1, 0, 2]))];
}

function isBackward(call: OperatorCall, direction: number): boolean {
  return direction === 1 || call.attributes.string("direction", "forward") === "reverse";
}

function initialState(call: OperatorCall, index: number, dims: readonly number[], batchFirst: boolean): Value64 {
  const given = call.optional(index);
  if (given === undefined) return value64(call.input(0).type, dims);
  return batchFirst ? transposed(given, [1, 0, 2]) : value64(given.type, dims, given.data.slice());
}

function directionWeights(call: OperatorCall, { gates, activations }: Recurrence, direction: number, hidden: number): DirectionWeights {
  const rows = gates * hidden;
  const [w, r] = [part(call.input(1), direction), part(call.input(2), direction)];
  const bias = part(call.optional(3), direction) ?? new Float64Array(2 * rows);
  const all = recurrentActivations(call, activations);
  const limit = call.attributes.float("clip") ?? Infinity;
  return {
    hidden,
    activations: all.slice(direction * activations.length, (direction + 1) * activations.length),
    clip: (value) => Math.min(Math.max(value, -limit), limit),
    inputBias: bias.subarray(0, rows),
    stateBias: bias.subarray(rows),
    peepholes: part(call.optional(7), direction) ?? new Float64Array(3 * hidden),
    fromInput: (x) => matrixTimesVector(w, x, rows),
    fromState: (h) => matrixTimesVector(r, h, rows),
  };
}

function part(value: Value64, direction: number): Float64Array;
function part(value: Value64 | undefined, direction: number): Float64Array | undefined;
function part(value: Value64 | undefined, direction: number): Float64Array | undefined {
  if (value === undefined) return undefined;
  const size = value.data.length / value.dims[0]!;
  return value.data.subarray(direction * size, (direction + 1) * size);
}

function matrixTimesVector(matrix: Float64Array, vector: Float64Array, rows: number): Float64Array {
  const columns = vector.length;
  const result = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[i]! += matrix[i * columns + j]! * vector[j]!;
  }
  return result;
}
