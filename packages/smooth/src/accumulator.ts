import { addScaled } from "@xdeep/core/method";
import type { FloatTensor } from "@xdeep/core";
import type { RowValues } from "@xdeep/core/method";

import type { Aggregate } from "./settings.ts";

/** What becomes of one row's gradients, draw by draw, in double precision. */
export interface Accumulator {
  /** The gradients of some draws, [draws, …], or their sum [1, …] for "mean". By the names of `wrt`. `pause` gives way to the event loop. */
  add(gradients: Readonly<Record<string, FloatTensor>>, pause: () => Promise<void>): Promise<void>;
  /** The aggregate over `n` draws. */
  finish(n: number): RowValues;
}

/** Only a mean can be summed on the device; the others need every gradient. */
export function needsEveryDraw(aggregate: Aggregate): boolean {
  return aggregate !== "mean";
}

export function createAccumulator(aggregate: Aggregate): Accumulator {
  const states = new Map<string, { readonly dims: readonly number[]; readonly moments: Moments }>();
  return {
    async add(gradients, pause) {
      for (const [name, { dims, data }] of Object.entries(gradients)) {
        const size = data.length / dims[0]!;
        if (!states.has(name)) states.set(name, { dims: dims.slice(1), moments: MOMENTS[aggregate](size) });
        for (let draw = 0; draw < dims[0]!; draw++) {
          states.get(name)!.moments.add(data.subarray(draw * size, (draw + 1) * size));
          await pause();
        }
      }
    },
    finish: (n) => Object.fromEntries(Array.from(states, ([name, { dims, moments }]) => [name, { dims, data: moments.finish(n) }])),
  };
}

interface Moments {
  add(gradient: Float32Array): void;
  finish(n: number): Float64Array;
}

const MOMENTS: Readonly<Record<Aggregate, (size: number) => Moments>> = { mean, meanSquare, variance };

function mean(size: number): Moments {
  const sum = new Float64Array(size);
  return { add: (gradient) => addScaled(sum, gradient), finish: (n) => sum.map((value) => value / n) };
}

function meanSquare(size: number): Moments {
  const sum = new Float64Array(size);
  return {
    add(gradient) {
      for (let i = 0; i < size; i++) sum[i] = sum[i]! + gradient[i]! * gradient[i]!;
    },
    finish: (n) => sum.map((value) => value / n),
  };
}

/** Σ (g − ḡ)² / n by Welford's recurrence, which does not cancel where the mean is large. */
function variance(size: number): Moments {
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  let count = 0;
  return {
    add(gradient) {
      count++;
      for (let i = 0; i < size; i++) {
        const delta = gradient[i]! - mean[i]!;
        mean[i] = mean[i]! + delta / count;
        squares[i] = squares[i]! + delta * (gradient[i]! - mean[i]!);
      }
    },
    finish: (n) => squares.map((value) => value / n),
  };
}
