import { addScaled, inPieces } from "@xdeep/core/method";
import type { FloatTensor } from "@xdeep/core";
import type { Pause, RowValues } from "@xdeep/core/method";

import type { Aggregate } from "./settings.ts";

/** What becomes of one row's gradients, draw by draw, in double precision. */
export interface Accumulator {
  /** The gradients of some draws, [draws, …], or their sum [1, …] for "mean". By the names of `wrt`. */
  add(gradients: Readonly<Record<string, FloatTensor>>, pause: Pause): Promise<void>;
  /** The aggregate over `n` draws. Ends the accumulation: it lies in the same memory. */
  finish(n: number, pause: Pause): Promise<RowValues>;
}

/** Only a mean can be summed on the device; the others need every gradient. */
export function needsEveryDraw(aggregate: Aggregate): boolean {
  return aggregate !== "mean";
}

export function createAccumulator(aggregate: Aggregate): Accumulator {
  const states = new Map<string, { readonly dims: readonly number[]; readonly total: Float64Array; readonly add: AddDraw }>();
  return {
    async add(gradients, pause) {
      for (const [name, { dims, data }] of Object.entries(gradients)) {
        const size = data.length / dims[0]!;
        if (!states.has(name)) states.set(name, { dims: dims.slice(1), ...TOTALS[aggregate](size) });
        for (let draw = 0; draw < dims[0]!; draw++) {
          const add = states.get(name)!.add(data.subarray(draw * size, (draw + 1) * size));
          await inPieces(size, pause, add);
        }
      }
    },
    async finish(n, pause) {
      for (const { total } of states.values()) {
        await inPieces(total.length, pause, (start, end) => {
          for (let i = start; i < end; i++) total[i] = total[i]! / n;
        });
      }
      return Object.fromEntries(Array.from(states, ([name, { dims, total }]) => [name, { dims, data: total }]));
    },
  };
}

/** Takes the gradient of one more draw; what it returns adds the elements from `start` to `end`. */
type AddDraw = (gradient: Float32Array) => (start: number, end: number) => void;

/** n times the aggregate of n draws. */
interface Total {
  readonly total: Float64Array;
  readonly add: AddDraw;
}

const TOTALS: Readonly<Record<Aggregate, (size: number) => Total>> = { mean, meanSquare, variance };

function mean(size: number): Total {
  const total = new Float64Array(size);
  return { total, add: (gradient) => (start, end) => addScaled(total.subarray(start, end), gradient.subarray(start, end)) };
}

function meanSquare(size: number): Total {
  const total = new Float64Array(size);
  const add: AddDraw = (gradient) => (start, end) => {
    for (let i = start; i < end; i++) total[i] = total[i]! + gradient[i]! * gradient[i]!;
  };
  return { total, add };
}

/** Σ (g − ḡ)² / n by Welford's recurrence, which does not cancel where the mean is large. */
function variance(size: number): Total {
  const mean = new Float64Array(size);
  const total = new Float64Array(size);
  let count = 0;
  const add: AddDraw = (gradient) => {
    count++;
    return (start, end) => {
      for (let i = start; i < end; i++) {
        const delta = gradient[i]! - mean[i]!;
        mean[i] = mean[i]! + delta / count;
        total[i] = total[i]! + delta * (gradient[i]! - mean[i]!);
      }
    };
  };
  return { total, add };
}
