import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs vitest over files with these texts, and returns its last line and its exit code. */
async function runTests(...texts: readonly string[]): Promise<readonly [string | undefined, number]> {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-count-"));
  try {
    await Promise.all(texts.map((text, i) => writeFile(join(folder, `${i}.test.mjs`), text)));
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--root", folder, "--globals", "--reporter", join(root, "scripts/count-reporter.mjs")];
    return await new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: folder }, (error, stdout) => resolve([stdout.trim().split("\n").at(-1), Number(error?.code ?? 0)]));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

it("counts tests, files that do not load and errors outside of tests", async () => {
  const pass = 'it("passes", () => {});\nit.skip("is skipped", () => {});';
  const fail = 'it("fails", () => { throw new Error("as expected"); });\nit("passes", () => {});';
  expect(await runTests(pass)).toEqual(["1 passed, 0 failed", 0]);
  expect(await runTests(pass, fail, 'import "./missing.mjs";')).toEqual(["2 passed, 2 failed", 1]);
  expect(
    await runTests('it("passes", () => { setTimeout(() => { throw new Error("as expected"); }); return new Promise((done) => setTimeout(done, 50)); });'),
  ).toEqual(["1 passed, 1 failed", 1]);
});
