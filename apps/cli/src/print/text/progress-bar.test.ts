import { afterEach, describe, expect, it, vi } from "vitest";

import { startBatchBar } from "./progress-bar.ts";

describe("progress of many rows in a log", () => {
  afterEach(() => vi.useRealTimers());

  it("is a line for each half minute, and none of short work", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const lines: string[] = [];
    const bar = startBatchBar({ write: (text) => lines.push(text) });
    const estimate = { rowsPerSecond: 2.04, secondsLeft: 60, between: [60, 60] as const };
    for (let done = 0; done <= 130; done++) {
      bar.update({ done, total: 250, failed: done > 100 ? 3 : 0, estimate });
      vi.advanceTimersByTime(500);
    }
    bar.stop();
    expect(lines).toEqual(["60/250 explained, 2/s, about 60 s left\n", "120/250 explained, 3 failed, 2/s, about 60 s left\n"]);
  });
});
