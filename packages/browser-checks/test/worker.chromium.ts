import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { type BuiltPage, buildPages } from "./build-page.ts";
import { type Site, serveFolder } from "./serve-folder.ts";

let browser: Browser;
let pages: BuiltPage;
let site: Site;

beforeAll(async () => {
  browser = await startChromium();
  pages = await buildPages(["worker/page.ts", "worker/slow.worker.ts"]);
  site = await serveFolder(pages.folder);
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await pages?.[Symbol.asyncDispose]();
});

/** What a scene of pages/worker/page.ts gives, in a profile of its own. */
async function play<T>(scene: string): Promise<T> {
  const context: BrowserContext = (await freshProfile(browser)).context;
  try {
    const page = await context.newPage();
    await page.goto(`${site.url}page.html`);
    await page.waitForFunction("globalThis.play !== undefined");
    return (await page.evaluate(`globalThis.play(${JSON.stringify(scene)})`)) as T;
  } finally {
    await context.close();
  }
}

it("a model in a Web Worker, and a pool of them, give what the model gives here", async () => {
  const { there, here, spread, alone } = await play<Readonly<Record<string, unknown>>>("numbers");
  expect(there).toEqual(here);
  expect(spread).toEqual(alone);
});

it("a run that blocks the worker leaves the page free", async () => {
  expect(await play<number>("freedom")).toBeGreaterThan(30);
});

it("an abort rejects at once, and the model goes on to answer", async () => {
  const { aborted, later, expected } = await play<{ aborted: { name: string; after: number }; later: { value: unknown }; expected: unknown }>("abort");
  expect(aborted.name).toBe("AbortError");
  expect(aborted.after).toBeLessThan(5000);
  expect(later.value).toEqual(expected);
});

it.each(["closed", "threw", "terminated", "closedWhileLoading", "missing"])(
  "a worker that is %s rejects what waits and what comes, and hangs nobody",
  async (scene) => {
    const outcomes = await play<readonly object[]>(scene);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ name: "XDeepError", code: "ENGINE_FAILED" });
  },
);

it("a function is refused, with what to pass instead", async () => {
  const [outcome] = await play<readonly object[]>("function");
  expect(outcome).toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("new Worker(new URL(") });
});
