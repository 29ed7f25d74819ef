import { describe, expect, it } from "vitest";

import { explainPatiently } from "./run-batch.ts";
import type { ShardThread } from "./shards/shard-thread.ts";

/** A thread that dies three times at each of these rows, as threads do, and starts at the first row again. */
function dyingThread(rows: number, deadly: (row: number) => boolean): ShardThread & { readonly deaths: readonly number[] } {
  const deaths = Array.from({ length: rows }, () => 0);
  let died = false;
  return {
    deaths,
    get died() {
      return died;
    },
    async explain(_, { onRows } = {}) {
      died = false;
      for (let row = 0; row < rows; row++) {
        if (deadly(row) && deaths[row]! < 3) {
          deaths[row]! += 1;
          died = true;
          throw new Error("ended");
        }
        onRows?.(deadly(row) ? { explained: 0, failed: 1 } : { explained: 1, failed: 0 });
      }
    },
    close: async () => undefined,
  };
}

describe("a shard at whose rows threads end", () => {
  it("is explained, however many such rows there are among others", async () => {
    const thread = dyingThread(64, (row) => row % 4 === 3);
    await explainPatiently(thread, 0);
    expect(thread.deaths.filter((count) => count === 3)).toHaveLength(16);
  });

  it("is given up where they end at every row, which no row is to blame for", async () => {
    const thread = dyingThread(64, () => true);
    await expect(explainPatiently(thread, 0)).rejects.toThrow("ended");
    expect(thread.deaths.reduce((sum, count) => sum + count)).toBe(21);
  });
});
