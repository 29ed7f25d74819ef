import { gzipSync } from "node:zlib";

import { expect, it } from "vitest";
import { MAP_SCRIPT } from "./script.ts";

it("the whole element is one script of less than 12 kB compressed, without imports", () => {
  expect(gzipSync(MAP_SCRIPT).length).toBeLessThan(12_000);
  expect(MAP_SCRIPT).not.toMatch(/\bimport\b|\brequire\(|node:/);
  expect(MAP_SCRIPT).toContain("xdeep-map");
});

it("stands inside a page as it is: nothing in it ends a script or begins a comment there", () => {
  expect(MAP_SCRIPT).not.toMatch(/<\/script|<!--/i);
});

it("is imported in Node without a page", async () => {
  expect((await import("./index.ts")).XDeepMap.observedAttributes).toContain("signed");
});
