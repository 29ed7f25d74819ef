import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

// @ts-expect-error: a script for people, without types
import { average, simulate, table } from "../scripts/simulate-workers.mjs";

interface Simulated {
  readonly seconds: number;
  readonly failures: number;
  readonly ideal: number;
}
const run = simulate as (options: Readonly<Record<string, number>>) => Simulated;
const mean = average as (options: Readonly<Record<string, number>>, runs: number) => Simulated;

describe("docs/scale.md", () => {
  it("has the table that the simulation prints", () => {
    const page = readFileSync(new URL("scale.md", import.meta.url), "utf8");
    for (const row of (table as () => readonly string[])()) expect(page).toContain(row);
  });
});

describe("the simulation of workers", () => {
  it("takes the ideal time where nobody fails", () => {
    for (const workers of [1, 2, 7]) {
      const { seconds, failures, ideal } = run({ shards: 70, seconds: 3, workers, hours: Infinity });
      expect([seconds, failures]).toEqual([ideal, 0]);
    }
  });

  it("loses no more than what failures cost: a shard, a lease and a restart each", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { seconds, failures, ideal } = run({ shards: 500, seconds: 4, workers: 5, hours: 0.1, seed });
      expect(failures).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThanOrEqual(ideal);
      expect(seconds).toBeLessThanOrEqual(ideal + failures * (4 + 45 + 62));
    }
  });

  it("has as many failures as machines have hours, whatever the seed", () => {
    const { failures, seconds } = mean({ hours: 1 }, 200);
    expect(failures).toBeGreaterThan((seconds / 3600) * 10 * 0.95);
    expect(failures).toBeLessThan((seconds / 3600) * 10 * 1.03);
  });

  it.each([{ workers: 0 }, { workers: 1.5 }, { shards: NaN }, { seconds: 0 }, { hours: 0 }, { hours: NaN }, { lease: 0 }, { restart: -1 }, { hours: 0.0001 }])(
    "refuses %j, which would have no end or no meaning",
    (options) => expect(() => run(options)).toThrow(RangeError),
  );
});
