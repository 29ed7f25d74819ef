/** How long the rest will take, as far as can be told. */
export interface Estimate {
  readonly rowsPerSecond: number;
  /** Seconds that are left at the pace of the last minutes. */
  readonly secondsLeft: number;
  /** The same at its slowest and fastest quarter: how far to trust it. */
  readonly between: readonly [fastest: number, slowest: number];
}

export interface Pace {
  /** So many more rows are done. */
  add(rows: number): void;
  /** Null before there is anything to tell from. */
  estimate(rowsLeft: number): Estimate | null;
}

/** Seconds of one measurement; rows come in bursts, which say nothing for themselves. */
const SLOT = 2;
const FEWEST_SLOTS = 3;
/** Five minutes: what was slow an hour ago says little of now. */
const MOST_SLOTS = 150;

/** Measures the pace of rows, of this run alone: those that were there before it say nothing. `now` is in milliseconds, of a clock that never jumps. */
export function createPace(now: () => number = () => performance.now()): Pace {
  let slots: number[] = [];
  let started: number | null = null;
  let current = 0;
  const advance = (): void => {
    started ??= now();
    while (now() - started >= SLOT * 1000) {
      slots = [...slots, current].slice(-MOST_SLOTS);
      current = 0;
      started += SLOT * 1000;
    }
  };
  return {
    add(rows) {
      advance();
      current += rows;
    },
    estimate(rowsLeft) {
      advance();
      if (slots.length < FEWEST_SLOTS) return null;
      const mean = slots.reduce((sum, rows) => sum + rows, 0) / slots.length / SLOT;
      if (mean === 0) return null;
      const windows = quarters(slots);
      const secondsAt = (pace: number): number => (pace === 0 ? Infinity : rowsLeft / pace);
      return { rowsPerSecond: mean, secondsLeft: secondsAt(mean), between: [secondsAt(Math.max(...windows)), secondsAt(Math.min(...windows))] };
    },
  };
}

/** The pace of each quarter of the time that was measured. */
function quarters(slots: readonly number[]): readonly number[] {
  const size = Math.ceil(slots.length / 4);
  const parts = Array.from({ length: Math.ceil(slots.length / size) }, (_, n) => slots.slice(n * size, (n + 1) * size));
  return parts.map((part) => part.reduce((sum, rows) => sum + rows, 0) / part.length / SLOT);
}
