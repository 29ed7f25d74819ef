import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

const example = fileURLToPath(new URL("../../../examples/finite-differences-backend/", import.meta.url));
const packages = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "xdeep-node-test-"))));
afterAll(() => rm(folder, { recursive: true }));

/** Bundles a test file with the sources of our packages, so that Node runs it without a build. */
async function bundle(options: { readonly contents: string } | { readonly file: string }): Promise<string> {
  const outfile = join(folder, "suite.test.mjs");
  await build({
    ...("file" in options ? { entryPoints: [options.file] } : { stdin: { contents: options.contents, resolveDir: example } }),
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["xdeep-source"],
    alias: {
      "@xdeep/core/backend": join(packages, "core/src/backend.ts"),
      "@xdeep/core/method": join(packages, "core/src/method.ts"),
      "@xdeep/core": join(packages, "core/src/index.ts"),
      "@xdeep/conformance": join(packages, "conformance/src/index.ts"),
    },
    logLevel: "silent",
  });
  return outfile;
}

it("runs under node:test, and the finite differences example passes", async () => {
  const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", await bundle({ file: join(example, "backend.test.js") })]);
  expect(stdout).toMatch(/# pass \d{3}\n/);
  expect(stdout).toMatch(/# fail 0\n/);
});

it("skips cases of unsupported fixtures under node:test", async () => {
  const contents = `
    import { describe, it } from "node:test";
    import { conformance, REFERENCE_CAPABILITIES, referenceModel } from "@xdeep/conformance";
    const { preferredBatch, ...capabilities } = REFERENCE_CAPABILITIES;
    conformance({
      api: { describe, it }, name: "partial", capabilities, only: ["vjp/dense", "vjp/layer-norm"],
      createModel: async (fixture) => (fixture.id === "layer-norm" ? null : referenceModel(fixture)),
      unsupported: [{ fixture: "layer-norm", reason: "to see how it is shown" }],
    });`;
  const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", await bundle({ contents })]);
  expect(stdout).toMatch(/ok \d+ - vjp\/layer-norm # SKIP\n/);
  expect(stdout).toMatch(/# pass 2\n/);
  expect(stdout).toMatch(/# skipped 1\n/);
});

it("fails under node:test where a backend is wrong", async () => {
  const contents = `
    import { describe, it } from "node:test";
    import { conformance } from "@xdeep/conformance";
    import { finiteDifferences } from "./backend.js";
    const capabilities = { rules: ["standard"], rectifiers: [], innerValues: false, logits: true, gpu: false, maxBatch: null };
    conformance({ api: { describe, it }, name: "wrong", capabilities, only: ["contract/capabilities"], createModel: async () => finiteDifferences({ inputs: [], outputs: [] }) });`;
  const failure = await run(process.execPath, ["--test", "--test-reporter=tap", await bundle({ contents })]).catch(
    (error: { readonly stdout: string }) => error,
  );
  expect(failure.stdout).toMatch(/# fail 1\n/);
  expect(failure.stdout).toContain('contract/capabilities: capability "logits" of the model against the declared one: expected true, got false');
});
