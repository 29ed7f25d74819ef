import { describe, expect, it } from "vitest";

import { betweenRuns } from "./between-runs.ts";

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
