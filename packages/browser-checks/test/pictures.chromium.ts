import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { decodeImage, preprocess } from "@xdeep/image";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { type BuiltPage, buildPages } from "./build-page.ts";
import { PICTURES } from "./pictures.ts";
import { type Site, serveFolder } from "./serve-folder.ts";

interface Seen {
  readonly width: number;
  readonly height: number;
  readonly base64: string;
}

let browser: Browser;
let pages: BuiltPage;
let site: Site;

beforeAll(async () => {
  browser = await startChromium();
  pages = await buildPages(["pictures/pictures.ts"]);
  const jpeg = await PICTURES[0]![2]();
  await writeFile(join(pages.folder, "cut.jpg"), jpeg.subarray(0, jpeg.length * 0.6));
  await writeFile(join(pages.folder, "text.jpg"), "no picture");
  for (const [name, , file] of PICTURES) await writeFile(join(pages.folder, name), await file());
  site = await serveFolder(pages.folder);
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await pages?.[Symbol.asyncDispose]();
});

async function open(): Promise<Page> {
  const page = await (await freshProfile(browser)).context.newPage();
  await page.goto(`${site.url}pictures.html`);
  await page.waitForFunction("globalThis.see !== undefined");
  return page;
}

describe("pictures in Chromium", () => {
  it.each(PICTURES)("%s has Node's pixels, within %i of 255 levels, before and after resizing", async (name, levels, file) => {
    const page = await open();
    const bytes = await file();
    const expected = { decoded: await decodeImage(bytes), imagenet: (await preprocess(bytes, "imagenet")).picture };
    for (const how of ["decoded", "imagenet"] as const) {
      const seen = (await page.evaluate(`globalThis.see(${JSON.stringify(name)}, ${JSON.stringify(how)})`)) as Seen;
      const { width, height, data } = expected[how];
      const pixels = Buffer.from(seen.base64, "base64");
      expect([seen.width, seen.height, pixels.length]).toEqual([width, height, data.length]);
      let furthest = 0;
      for (const [i, value] of data.entries()) furthest = Math.max(furthest, Math.abs(value - pixels[i]!));
      expect(furthest, how).toBeLessThanOrEqual(levels);
    }
    await page.close();
  });

  it("that are cut short, no pictures or not there are refused", async () => {
    const page = await open();
    for (const name of ["cut.jpg", "text.jpg", "nothing.jpg"]) {
      expect(await page.evaluate(`globalThis.see(${JSON.stringify(name)}, "decoded")`)).toMatchObject({
        code: "IMAGE_INVALID",
        message: expect.stringContaining(name),
      });
    }
    await page.close();
  });

  it("that the browser falsifies are refused", async () => {
    const page = await open();
    await page.evaluate("globalThis.falsify()");
    expect(await page.evaluate('globalThis.see("plain.png", "decoded")')).toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringContaining("fingerprinting"),
    });
    await page.close();
  });
});
