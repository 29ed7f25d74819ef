// Runs the conformance suite on every backend and writes what it found: docs/conformance/*.json, docs/support-matrix.md made from them, and
// the lists of cases.
// With --browser the engines in Chromium too, which takes Chromium and, where GPUs are emulated, an hour.
// Tests compare these files with a run; this is how they are brought up to date.
import { spawnSync } from "node:child_process";
import process from "node:process";

const inChromium = process.argv.includes("--browser") ? [["--config", "vitest.chromium.config.ts", "suite.chromium"]] : [];

const runs = [
  ...inChromium,
  ["packages/onnxruntime/test/conformance.test.ts", "packages/tfjs/test/conformance.test.ts"],
  ["packages/conformance/test/support-matrix.test.ts", "packages/conformance/test/documents.test.ts"],
];

for (const files of runs) {
  const { status } = spawnSync("vitest", ["run", ...files], {
    stdio: "inherit",
    env: { ...process.env, XDEEP_UPDATE_REPORTS: "1", PATH: `node_modules/.bin:${process.env.PATH}` },
  });
  if (status !== 0) process.exit(status ?? 1);
}
