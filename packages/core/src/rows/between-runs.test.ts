import { afterEach, describe, expect, it, vi } from "vitest";

import { betweenRuns, pauses } from "./between-runs.ts";

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
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const controller = new AbortController();
    const pause = pauses(controller.signal);
    let turns = 0;
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
