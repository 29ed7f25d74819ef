import { afterEach, describe, expect, it, vi } from "vitest";

import { betweenRuns, inPieces, pauses } from "./between-runs.ts";

describe("betweenRuns", () => {
  it("lets an abort arrive that waits for the event loop, and rejects with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("user left");
    setImmediate(() => controller.abort(reason));
    await expect(betweenRuns(controller.signal)).rejects.toBe(reason);
  });

  it("resolves where nothing was aborted", async () => {
    await expect(betweenRuns(new AbortController().signal)).resolves.toBeUndefined();
    await expect(betweenRuns(undefined)).resolves.toBeUndefined();
  });
});

describe("pauses", () => {
  afterEach(() => vi.restoreAllMocks());

  it("give way after pieces that took long together, and to an abort, and cost no turn of the event loop after short ones", async () => {
    let now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const controller = new AbortController();
    const pause = pauses(controller.signal);
    let turns = 0;
    await betweenRuns();
    const turnsDuring = async (milliseconds: number): Promise<number> => {
      now += milliseconds;
      setImmediate(() => turns++);
      const before = turns;
      await pause();
      return turns - before;
    };
    expect([await turnsDuring(0.4), await turnsDuring(0.4), await turnsDuring(0.4), await turnsDuring(0.4)]).toEqual([0, 0, 3, 0]);
    const reason = new Error("user left");
    setImmediate(() => controller.abort(reason));
    await expect(turnsDuring(5)).rejects.toBe(reason);
  });
});

describe("inPieces", () => {
  it("covers every element once, with fewer at a time where each costs more", async () => {
    for (const [cost, most] of [
      [1, 8192],
      [1000, 8],
      [1e9, 1],
    ] as const) {
      const pieces: number[] = [];
      let next = 0;
      await inPieces(
        20_000 / Math.min(cost, 1000),
        pauses(),
        (start, end) => {
          expect(start).toBe(next);
          pieces.push(end - start);
          next = end;
        },
        cost,
      );
      expect(next).toBe(20_000 / Math.min(cost, 1000));
      expect(Math.max(...pieces)).toBe(most);
    }
  });

  it("keeps the thread no longer where many go on at the same time than where one does", async () => {
    let now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now);
    let last = now;
    let longest = 0;
    let running = 8;
    const look = (): void => {
      longest = Math.max(longest, now - last);
      last = now;
      if (running > 0) setImmediate(look);
    };
    look();
    const one = async (): Promise<void> => {
      await inPieces(8192 * 20, pauses(), () => void (now += 0.1));
      running--;
    };
    await Promise.all(Array.from({ length: 8 }, one));
    vi.restoreAllMocks();
    // A millisecond, and a piece of each of the others.
    expect(longest).toBeLessThan(1 + 8 * 0.1 + 0.15);
    expect(now).toBeGreaterThan(last);
  });
});
