// Runs scripts of package.json one after the other, all of them even when one fails, and adds up what passed: `node scripts/check.mjs <script>…`.
// Scripts that a plus joins run at the same time, as in `typecheck+test:unit`; what the first ones print is shown when they end.
// Scripts after `--without` are not run, which is said aloud: they need what is not everywhere.
// A script counts as one check, or as many as the line "N passed, N failed" says that it ends with. The same line, with the sums, is the last one here.
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";

const COUNTS = /^(\d+) passed, (\d+) failed$/;
const TAIL = 2000;

const [scripts, left] = process.argv
  .slice(2)
  .join(" ")
  .split(" --without ")
  .map((names) => names.split(" "));

const results = [];
for (const group of scripts) {
  const together = group.split("+");
  results.push(...(await Promise.all(together.map((script, i) => run(script, i < together.length - 1)))));
}

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log("");
for (const { script, passed, failed, seconds } of results) {
  console.log(
    `${failed > 0 ? "✗" : "✓"} ${script.padEnd(18)} ${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(7)} s`,
  );
}
for (const script of left ?? []) console.log(`! ${script.padEnd(18)} NOT RUN: it needs more than Node. \`bash .ci/run\` installs that and runs it.`);
console.log("");
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || results.length === 0 ? 1 : 0;

async function run(script, isQuiet) {
  const title = `\n> ${script}\n`;
  if (!isQuiet) process.stdout.write(title);
  const started = performance.now();
  const { code, tail, held } = await execute(script, isQuiet);
  if (isQuiet) process.stdout.write(title + held);
  const counts = tail.trimEnd().split("\n").at(-1)?.match(COUNTS);
  const [passed, failed] = counts ? [Number(counts[1]), Number(counts[2])] : code === 0 ? [1, 0] : [0, 1];
  // A script that fails although all its tests passed has failed too.
  return { script, passed, failed: code !== 0 ? Math.max(1, failed) : failed, seconds: (performance.now() - started) / 1000 };
}

function execute(script, isQuiet) {
  const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: "1" } : process.env;
  const stdio = ["ignore", "pipe", isQuiet ? "pipe" : "inherit"];
  const child = spawn("pnpm", ["--silent", "run", script], { env, shell: process.platform === "win32", stdio });
  let tail = "";
  let held = "";
  child.stdout.on("data", (chunk) => {
    if (isQuiet) held += chunk;
    else process.stdout.write(chunk);
    tail = (tail + chunk).slice(-TAIL);
  });
  child.stderr?.on("data", (chunk) => (held += chunk));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, tail: String(error), held: `${held}${error}\n` }));
    child.on("close", (code) => resolve({ code, tail, held }));
  });
}
