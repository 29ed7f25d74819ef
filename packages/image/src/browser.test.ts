import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import * as browser from "./browser.ts";
import * as node from "./index.ts";

describe("@xdeep/image/browser", () => {
  it("bundles for browsers without sharp, fonts or modules of Node", async () => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(new URL("browser.ts", import.meta.url))],
      bundle: true,
      platform: "browser",
      format: "esm",
      conditions: ["xdeep-source"],
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.some((path) => path.includes("d3-scale-chromatic"))).toBe(true);
    expect(inputs.filter((path) => /sharp|harfbuzz|bidi|fontsource|node:/.test(path))).toEqual([]);
  });

  it("is part of what @xdeep/image exports", () => {
    for (const [name, value] of Object.entries(browser)) expect(node).toHaveProperty(name, value);
  });
});
