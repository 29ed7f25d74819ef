// Writes docs/operators.md from the gradient rules. A test compares the page with them; this is how it is brought up to date.
import { spawnSync } from "node:child_process";
import process from "node:process";

const { status } = spawnSync("vitest", ["run", "packages/autodiff/test/operator-table.test.ts"], {
  stdio: "inherit",
  env: { ...process.env, XDEEP_UPDATE_REPORTS: "1", PATH: `node_modules/.bin:${process.env.PATH}` },
});
process.exitCode = status ?? 1;
