import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import * as image from "./index.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

/** The example as a function of the package and a folder, in which its files lie. */
function runnable(code: string): (xdeep: typeof image, folder: string) => Promise<void> {
  const body = code.replace(/import (\{[^}]+\}) from "@xdeep\/image";/, "const $1 = xdeep;").replaceAll(/"([\w-]+\.(?:png|jpg))"/g, "`${folder}/$1`");
  return new Function("xdeep", "folder", `return (async () => {${body}})()`) as ReturnType<typeof runnable>;
}

describe("README", () => {
  it("has an example that runs as it stands", async () => {
    const code = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
    const folder = await mkdtemp(join(tmpdir(), "xdeep-readme-"));
    try {
      const noise = Uint8Array.from({ length: 300 * 200 * 3 }, (_, at) => (at * 7919) % 256);
      await sharp(noise, { raw: { width: 300, height: 200, channels: 3 } })
        .jpeg()
        .toFile(join(folder, "cat.jpg"));
      await runnable(code)(image, folder);
      for (const name of ["heat-map.png", "overlay.png"]) {
        expect(await image.decodeImage(join(folder, name))).toMatchObject({ width: 224, height: 224 });
      }
      expect((await image.decodeImage(join(folder, "sheet.png"))).width).toBeGreaterThan(448);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("lists every preset and every option", () => {
    const names = [...Object.keys(image.PRESETS), ...Object.keys(image.PRESETS.imagenet)];
    for (const name of names) expect(readme).toContain(`\`${name}\``);
  });

  it("stays short", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(120);
  });
});
