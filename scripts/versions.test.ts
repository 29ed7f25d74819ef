import { existsSync, readFileSync, readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

const root = new URL("../", import.meta.url);
const packages = ["packages", "apps"]
  .flatMap((folder) => readdirSync(new URL(folder, root)).map((name) => `${folder}/${name}`))
  .filter((path) => existsSync(new URL(`${path}/src/version.ts`, root)));

describe("the version that provenance names", () => {
  it("is there for every package that takes part in an explanation", () => {
    expect(packages).toEqual(expect.arrayContaining(["packages/core", "packages/guided", "packages/onnxruntime", "packages/tfjs", "packages/worker"]));
  });

  it.each(packages)("is that of package.json: %s", (path) => {
    const { version } = JSON.parse(readFileSync(new URL(`${path}/package.json`, root), "utf8")) as { readonly version: string };
    expect(readFileSync(new URL(`${path}/src/version.ts`, root), "utf8")).toContain(`export const VERSION = "${version}";`);
  });
});
