import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { buildCli } from "./built-cli.ts";
import { pictureModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

const HOSTILE = "<img src=x onerror=document.title='hurt'>\"'";

describe("a report in Chromium, from the disk", () => {
  it("shows its maps, answers its sliders, loads nothing, and takes names for names", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "net.onnx", pictureModel());
    const picture = await writeTestPicture(folder, `${HOSTILE.replaceAll("/", "")}.png`, { r: 255, g: 51, b: 0 });
    await writeFile(join(folder, "labels.txt"), `${HOSTILE}\n</script><script>document.title='hurt'</script>\nc\n`);
    const report = join(folder, "report.html");
    const flags = ["-m", "vanilla,integrated", "--labels", join(folder, "labels.txt"), "-o", join(folder, "out"), "--report", report];
    expect((await runCli(["explain", model, picture, ...flags])).code).toBe(0);

    const { context, problems, requests } = await freshProfile(browser);
    const page = await context.newPage();
    await page.goto(pathToFileURL(report).href);
    await expect.poll(() => page.locator("xdeep-map .high").allTextContents()).toHaveLength(2);
    expect(await page.title()).toBe("Why net.onnx says what it says");
    expect(await page.locator("h2").first().textContent()).toContain(HOSTILE);
    expect(await page.locator("img[src=x]").count()).toBe(0);

    const shown = page.locator("xdeep-map img");
    await expect
      .poll(() => shown.evaluateAll((images) => images.map((image) => (image as unknown as { readonly naturalWidth: number }).naturalWidth)))
      .toEqual([8, 8]);

    await page.locator("form #opacity").fill("0.5");
    expect(await page.locator("xdeep-map").evaluateAll((maps) => maps.map((map) => map.getAttribute("opacity")))).toEqual(["0.5", "0.5"]);
    await page.locator("form #sign").selectOption("signed");
    await expect.poll(() => page.locator("xdeep-map .low").allTextContents()).toEqual([expect.stringMatching(/^against/), expect.stringMatching(/^against/)]);
    await page.locator("xdeep-map .stage").first().hover();
    await expect.poll(() => page.locator("xdeep-map .readout").last().textContent()).toMatch(/^column \d, row \d: /);

    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([]);
  });
});

describe("a report of many inputs in Chromium, from the disk", () => {
  it("shows the mean maps of classes, loads nothing, and takes names for names", async () => {
    const cli = await buildCli();
    try {
      const folder = await temporaryFolder();
      const model = await writeTestModel(folder, "net.onnx", pictureModel());
      for (const n of [0, 1, 2]) await writeTestPicture(folder, `${HOSTILE.replaceAll("/", "")}${n}.png`, { r: 255, g: 90 * n, b: 0 });
      await writeFile(join(folder, `${HOSTILE.replaceAll("/", "")}.jpg`), "<script>document.title='hurt'</script>");
      await writeFile(join(folder, "labels.txt"), `${HOSTILE}\n</script><script>document.title='hurt'</script>\nc\n`);
      const report = join(folder, "report.html");
      const flags = ["-m", "vanilla,integrated", "--labels", join(folder, "labels.txt"), "-o", join(folder, "out"), "--workers", "1", "--report", report];
      expect((await cli.run(["explain", model, join(folder, "*.[pj]*"), ...flags])).code).toBe(1);

      const { context, problems, requests } = await freshProfile(browser);
      const page = await context.newPage();
      await page.goto(pathToFileURL(report).href);
      const maps = await page.locator("xdeep-map").count();
      expect(maps).toBeGreaterThanOrEqual(2);
      await expect.poll(() => page.locator("xdeep-map .high").allTextContents()).toHaveLength(maps);
      expect(await page.title()).toBe("Why net.onnx says what it says of 4 inputs");
      expect(await page.locator("#classes th").allTextContents()).toContainEqual(expect.stringContaining(HOSTILE));
      expect(await page.locator("#failed li").textContent()).toContain("[IMAGE_INVALID]");
      expect(await page.locator("img").count()).toBe(0);
      await page.locator("form #percentile").fill("90");
      expect(await page.locator("xdeep-map").first().getAttribute("percentile")).toBe("90");
      expect(problems).toEqual([]);
      expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([]);
    } finally {
      await cli.remove();
    }
  });
});
