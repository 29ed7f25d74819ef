import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import * as browser from "./browser.ts";
import * as node from "./index.ts";

/** The files that a bundler for browsers takes up for `import * from name`. */
async function bundled(name: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `export * from "${name}";`, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    platform: "browser",
    format: "esm",
    conditions: ["xdeep-source"],
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  return Object.keys(metafile.inputs);
}

describe("@xdeep/image in browsers", () => {
  it.each(["@xdeep/image", "@xdeep/image/browser"])("%s bundles without sharp, fonts or modules of Node", async (name) => {
    const inputs = await bundled(name);
    expect(inputs.some((path) => path.includes("d3-scale-chromatic"))).toBe(true);
    expect(inputs.filter((path) => /sharp|harfbuzz|bidi|fontsource|node:/.test(path))).toEqual([]);
  });

  it("is part of what @xdeep/image exports", () => {
    const own = ["decodeImage", "preprocess", "preprocessBatch"];
    for (const [name, value] of Object.entries(browser)) {
      if (own.includes(name)) expect(node).toHaveProperty(name);
      else expect(node).toHaveProperty(name, value);
    }
  });
});
