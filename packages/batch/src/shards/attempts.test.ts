import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openAttempt } from "./attempts.ts";

describe("rows at which whoever explained them has ended", () => {
  const rows = { start: 8, end: 9 };
  let base: string;
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "xdeep-attempts-"));
  });
  afterAll(() => rm(base, { recursive: true, force: true }));

  /** What is known after these processes, one after the other, ended at the rows. */
  async function deathsAfter(processes: readonly string[]): Promise<number> {
    const folder = join(base, String(processes.length), processes.join(""));
    for (const process of processes) (await openAttempt(folder, 0, process)).at(rows);
    return (await openAttempt(folder, 0, processes.at(-1)!)).deathsAt(rows);
  }

  it("are to blame after six processes, which others may end at the same rows five times", async () => {
    // The one that asks is of the last process: its own end was that of a thread.
    expect(await deathsAfter(["a", "b", "c", "d"])).toBe(0);
    expect(await deathsAfter(["a", "b", "c", "d", "e", "f"])).toBe(6);
  });

  it("are to blame after three threads of one process that lived on", async () => {
    expect(await deathsAfter(["a", "a"])).toBe(0);
    expect(await deathsAfter(["a", "a", "a"])).toBe(3);
  });

  it("are told from others", async () => {
    const folder = join(base, "others");
    for (let n = 0; n < 3; n++) (await openAttempt(folder, 0, "a")).at(rows);
    const note = await openAttempt(folder, 0, "a");
    expect([note.deathsAt(rows), note.deathsAt({ start: 8, end: 10 })]).toEqual([3, 0]);
    await note.clear();
    expect((await openAttempt(folder, 0, "a")).deathsAt(rows)).toBe(0);
  });
});
