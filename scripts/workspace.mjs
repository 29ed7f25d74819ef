// Runs a script of package.json in a workspace that is installed: `node scripts/workspace.mjs <script> [argument…]`.
// Needs Node and npm alone. pnpm comes through npx, in the version that package.json names; npx also puts it on the PATH, where turbo looks for it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const windows = process.platform === "win32";

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) fail("Name a script of package.json: node scripts/workspace.mjs <script> [argument…]");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed; this is ${process.version}.`);

pnpm(["install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"]);
pnpm(["--silent", "run", script, ...rest]);

function pnpm(args) {
  // npm.cmd and npx.cmd are batch files, which Windows starts through a shell only.
  const quoted = windows ? args.map((argument) => `"${argument}"`) : args;
  const env = { ...process.env, npm_config_loglevel: "error", TURBO_TELEMETRY_DISABLED: "1" };
  const { status, error } = spawnSync("npx", ["--yes", packageManager, ...quoted], { cwd: root, env, shell: windows, stdio: "inherit" });
  if (error) fail(`npx did not start: ${error.message}. It comes with Node; is it on the PATH?`);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
