import { describe, expect, it } from "vitest";

import { createPace } from "./estimate.ts";

/** A pace with a clock of its own. */
function paced(rowsOfSecond: (second: number) => number, seconds: number): ReturnType<typeof createPace> {
  let time = 0;
  const pace = createPace(() => time);
  for (let second = 0; second < seconds; second++) {
    pace.add(rowsOfSecond(second));
    time += 1000;
  }
  return pace;
}

describe("an estimate", () => {
  it("is none before there is something to tell from", () => {
    expect(paced(() => 10, 3).estimate(100)).toBeNull();
    expect(paced(() => 0, 60).estimate(100)).toBeNull();
  });

  it("is the mean pace, and says how far it swings", () => {
    expect(paced(() => 10, 60).estimate(1000)).toMatchObject({ rowsPerSecond: 10, secondsLeft: 100, between: [100, 100] });
    const { rowsPerSecond, secondsLeft, between } = paced((second) => (second < 30 ? 20 : 10), 60).estimate(1500)!;
    expect(rowsPerSecond).toBeCloseTo(15);
    expect(secondsLeft).toBeCloseTo(100);
    expect(between[0]).toBeLessThan(80);
    expect(between[1]).toBeGreaterThan(140);
  });

  it("forgets what is older than five minutes", () => {
    expect(paced((second) => (second < 1000 ? 100 : 10), 1400).estimate(10)!.rowsPerSecond).toBeCloseTo(10);
  });
});
