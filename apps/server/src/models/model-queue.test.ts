import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { ModelQueue } from "./model-queue.ts";

/** A queue whose runs take 50 ms, and what it ran. */
function slowQueue(): {
  readonly queue: ModelQueue<string, string>;
  readonly ran: string[][];
  submit(name: string, cost: number, seconds: number, key?: string | null): Promise<string>;
} {
  const ran: string[][] = [];
  const run = async (inputs: readonly string[]): Promise<readonly string[]> => {
    ran.push([...inputs]);
    await sleep(50);
    return inputs;
  };
  const queue = new ModelQueue({ run, lanes: 1, mostWaiting: 4, mostRows: 8 });
  const signal = new AbortController().signal;
  return { queue, ran, submit: (input, cost, seconds, key = null) => queue.submit({ input, key, cost, rows: 1, signal, seconds }) };
}

describe("a queue", () => {
  it("is drained when all is answered, and nobody is about to ask", async () => {
    const { queue, submit } = slowQueue();
    const letGo = queue.enter();
    let isDrained = false;
    const drained = queue.drain().then(() => (isDrained = true));
    await sleep(5);
    const answer = submit("late", 1, 60);
    letGo();
    expect([await answer, isDrained]).toEqual(["late", false]);
    await drained;
  });

  it("runs those of one key together, and others by themselves", async () => {
    const { ran, submit } = slowQueue();
    await Promise.all([submit("a", 1, 60), submit("b", 1, 60, "k"), submit("c", 1, 60), submit("d", 1, 60, "k")]);
    expect(ran).toEqual([["a"], ["b", "d"], ["c"]]);
  });

  it("refuses more than may wait", async () => {
    const { queue, submit } = slowQueue();
    const settled = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => submit(String(n), 1, 60)));
    expect(settled.map((each) => (each.status === "fulfilled" ? 200 : (each.reason as { status: number }).status))).toEqual([200, 200, 200, 200, 429, 429]);
    expect(queue.waiting).toBe(0);
  });

  it("does not run who cannot be ready in time, but always somebody, so that a pace of bad times is measured again", async () => {
    const { ran, submit } = slowQueue();
    await submit("measured", 1, 60);
    // At 50 ms a gradient, a thousand take 50 s: more than either has.
    const [older, younger] = await Promise.allSettled([submit("older", 1000, 5), submit("younger", 1000, 60)]);
    expect([older.status, younger.status]).toEqual(["rejected", "fulfilled"]);
    expect(ran.flat()).toEqual(["measured", "younger"]);
    expect(await submit("alone", 100_000, 60)).toBe("alone");
  });

  it("is drained once nothing runs or waits", async () => {
    const { queue, submit } = slowQueue();
    await queue.drain();
    let isDone = false;
    const done = submit("a", 1, 60).then(() => (isDone = true));
    await sleep(5);
    await queue.drain();
    await done;
    expect(isDone).toBe(true);
  });
});
