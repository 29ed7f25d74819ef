import { Worker } from "node:worker_threads";

import type { Preprocessing } from "@xdeep/image";
import { afterEach, expect, it } from "vitest";

import { type PictureThread, createPictureThread } from "./picture-thread.ts";

/** Takes 20 ms for a picture, and answers with how many it was given before; ends at one that begins with 9. */
const SLOW_WORKER = `
  const { parentPort } = require("node:worker_threads");
  let given = 0;
  parentPort.on("message", ({ id, bytes }) => {
    if (bytes[0] === 9) process.exit(3);
    const data = Float32Array.of(given++);
    setTimeout(() => parentPort.postMessage({ id, tensor: { type: "float32", dims: [1], data } }), 20);
  });
`;

let thread: PictureThread;
afterEach(() => thread.close());

const prepare = (first: number, signal: AbortSignal = new AbortController().signal): Promise<number> =>
  thread.prepare(Uint8Array.of(first), {} as Preprocessing, { maxPixels: 1, signal }).then(({ data }) => data[0]!);

it("pictures of those who leave while they wait are not unpacked", async () => {
  thread = createPictureThread(() => new Worker(SLOW_WORKER, { eval: true }));
  const clients = Array.from({ length: 50 }, () => new AbortController());
  const left = clients.map(({ signal }) => prepare(1, signal).catch((error: unknown) => error));
  const last = prepare(1);
  for (const client of clients) client.abort("gone");
  expect(new Set(await Promise.all(left))).toEqual(new Set(["gone"]));
  // Two were under way.
  expect(await last).toBe(2);
});

it("a thread that dies takes the pictures along that it had, and no others", async () => {
  thread = createPictureThread(() => new Worker(SLOW_WORKER, { eval: true }));
  const [dead, alsoDead, ...others] = [9, 1, 1, 1].map((first) => prepare(first));
  await expect(dead).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  await expect(alsoDead).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  expect(await Promise.all(others)).toEqual([0, 1]);
});
