import { MAP_SCRIPT } from "@xdeep/map/script";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { attributed } from "./attributed.ts";

let browser: Browser;
let problems: string[] = [];

beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());
afterEach(() => expect(problems.splice(0)).toEqual([]));

const attribution = (dims: readonly number[], data: readonly number[]): string => JSON.stringify(attributed(dims, data));

/** 3 × 3; the largest sizes are −4 at the top, 3 in the middle, 2 below it. */
const NINE = attribution([1, 1, 3, 3], [0, -4, 0, 1, 3, 0, 0, 2, 0]);

async function show(body: string): Promise<Page> {
  const profile = await freshProfile(browser, { viewport: { width: 600, height: 600 } });
  problems = profile.problems;
  const page = await profile.context.newPage();
  await page.setContent(`<!doctype html><html lang="en"><title>maps</title><body>${body}<script>${MAP_SCRIPT}</script>`);
  return page;
}

const map = (attributes: string, json: string = NINE): string => `<xdeep-map ${attributes}><script type="application/json">${json}</script></xdeep-map>`;

describe("<xdeep-map> in Chromium", () => {
  it("paints one pixel for each value, zero in the neutral colour", async () => {
    const page = await show(map('caption="nine" signed percentile="100"'));
    const pixels = await page.evaluate(() => {
      const canvas = document.querySelector("xdeep-map")!.shadowRoot!.querySelector<HTMLCanvasElement>("canvas.map")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, 3, 3);
      return [1, 4, 0].map((n) => Array.from(data.slice(n * 4, n * 4 + 4)));
    });
    expect(pixels[0]).toEqual([0x05, 0x30, 0x61, 255]);
    expect(pixels[1]![0]).toBeGreaterThan(pixels[1]![2]! + 60);
    expect(pixels[2]).toEqual([0xf7, 0xf7, 0xf7, 255]);
  });

  it("is read by keys alone: its values, their ranks and its table; Escape puts it away", async () => {
    const page = await show(map('caption="nine" signed'));
    const readout = page.locator("xdeep-map .readout");
    await page.keyboard.press("Tab");
    await page.keyboard.press("PageDown");
    await expect.poll(() => readout.textContent()).toBe("column 1, row 0: −4, 40 % of the total, rank 1 of 9");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => readout.textContent()).toBe("column 1, row 1: 3, 30 % of the total, rank 2 of 9");
    expect(await readout.getAttribute("aria-live")).toBe("polite");
    await page.keyboard.press("Escape");
    await expect.poll(() => readout.textContent()).toContain("arrow keys");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("xdeep-map table").count()).toBe(2);
    expect(await page.locator("xdeep-map table").first().innerText()).toContain("top centre");
    expect(await page.locator("xdeep-map .stage").getAttribute("aria-label")).toContain("Most at the top centre, 40 % of the total");
  });

  it("points at the same place in every map of a group, of whatever size, and says so to the page", async () => {
    const fine = attribution(
      [1, 1, 6, 6],
      Array.from({ length: 36 }, (_, n) => n),
    );
    const page = await show(map('group="g" caption="a"') + map('group="g" caption="b"', fine) + map('caption="alone"'));
    await page.evaluate(() => {
      document.addEventListener("xdeep-cursor", (event) => {
        const { detail } = event as CustomEvent<{ readonly value: number } | null>;
        document.body.dataset["told"] = String(detail?.value);
      });
    });
    await page.locator("xdeep-map .stage").first().hover();
    const readouts = page.locator("xdeep-map .readout");
    await expect.poll(() => readouts.nth(0).textContent()).toContain("column 1, row 1: 3");
    await expect.poll(() => readouts.nth(1).textContent()).toContain("column 3, row 3: 21");
    expect(await readouts.nth(2).textContent()).toContain("Point at");
    expect(await page.locator("body").getAttribute("data-told")).toBe("21");
  });

  it("shares the end of the scale in a group that asks for it", async () => {
    const page = await show(
      map('group="g" scale="group" percentile="100"') + map('group="g" scale="group" percentile="100"', attribution([1, 1, 2, 2], [1, 2, 3, 40])),
    );
    await expect.poll(() => page.locator("xdeep-map .high").allTextContents()).toEqual(["40", "40"]);
  });

  it("shows words and bars, whose names are text whatever they hold", async () => {
    const hostile = JSON.stringify(["<img src=x onerror=alert(1)>", "b", "c"]).replaceAll("&", "&amp;").replaceAll("'", "&#39;").replaceAll("<", "&lt;");
    const page = await show(
      map(`names='${hostile}'`, attribution([1, 3, 2], [1, 2, -3, -4, 5, -5])) + map(`names='${hostile}'`, attribution([1, 3], [1, -2, 3])),
    );
    await expect.poll(() => page.locator("xdeep-map .words span").allTextContents()).toEqual(["<img src=x onerror=alert(1)>", "b", "c"]);
    expect(await page.locator("xdeep-map .bars tbody tr").count()).toBe(3);
    expect(await page.locator("xdeep-map img").count()).toBe(0);
  });

  it("breaks lines between words, not within them", async () => {
    const names = JSON.stringify(Array.from({ length: 12 }, (_, n) => `wonderful${n}`));
    const values = Array.from({ length: 24 }, (_, n) => n - 12);
    const page = await show(map(`names='${names}' style="width: 10rem"`, attribution([1, 12, 2], values)));
    await expect.poll(() => page.locator("xdeep-map .words span").count()).toBe(12);
    const lines = await page.locator("xdeep-map .words span").evaluateAll((spans) => spans.map((span) => span.getClientRects().length));
    expect(lines).toEqual(lines.map(() => 1));
  });

  it("says what cannot be shown, and shows what comes next", async () => {
    const page = await show(map("", "{}"));
    await expect.poll(() => page.locator("xdeep-map [role=alert]").textContent()).toContain("no attribution");
    await page.evaluate((json) => {
      document.querySelector("xdeep-map")!.attribution = json;
    }, NINE);
    await expect.poll(() => page.locator("xdeep-map .readout").isVisible()).toBe(true);
    expect(await page.locator("xdeep-map [role=alert]").isVisible()).toBe(false);
    await page.evaluate(() => document.querySelector("xdeep-map")!.setAttribute("percentile", "200"));
    await expect.poll(() => page.locator("xdeep-map [role=alert]").textContent()).toContain('"percentile" is above 0 and at most 100; got 200');
  });

  it("lies over a picture of pixels, clear where values are small", async () => {
    const page = await show(map('opacity="0.5"'));
    await page.evaluate(() => {
      document.querySelector("xdeep-map")!.picture = { width: 3, height: 3, data: new Uint8Array(27).fill(200) };
    });
    await expect.poll(() => page.locator("xdeep-map canvas.map").evaluate((canvas: HTMLCanvasElement) => canvas.style.opacity)).toBe("0.5");
    const alphas = await page.locator("xdeep-map canvas.map").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, 3, 3);
      return [data[3]!, data[7]!];
    });
    expect(alphas).toEqual([0, 255]);
  });
});
