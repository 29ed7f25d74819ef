import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

it("the licence of what is bundled is shipped, word for word", () => {
  const manifest = JSON.parse(read("../package.json")) as { files: string[] };
  expect(manifest.files).toContain("THIRD-PARTY-LICENSES.md");
  expect(read("../THIRD-PARTY-LICENSES.md")).toContain(read("../node_modules/pure-rand/LICENSE").trim());
});

it("nothing is a dependency of the published package", () => {
  expect(JSON.parse(read("../package.json"))).not.toHaveProperty("dependencies");
});
