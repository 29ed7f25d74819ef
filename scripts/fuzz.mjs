// Changes model files at random and looks how loading and explaining them ends: in a result, or in an error with a code. Usage:
//   pnpm fuzz [--count 2000] [--seed 1] [--first 0] [--file MODEL.onnx] [--as-it-is] [--workers 2]
// Mutants that end the process, take more than 2 s of work or 500 MB, or throw an error without a code are written to fuzz-findings/.
// Ends with the line "N passed, N failed". --file mutates one file; with --as-it-is, that file or the corpus is tried unchanged.
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { loadCorpus } from "./fuzz/corpus.mjs";
import { mutantOf } from "./fuzz/mutant.mjs";

const { values: options } = parseArgs({
  options: {
    count: { type: "string" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    file: { type: "string" },
    "as-it-is": { type: "boolean", default: false },
    workers: { type: "string", default: "2" },
  },
});
const corpus = loadCorpus(options.file);
const asItIs = options["as-it-is"];
const [seed, first] = [Number(options.seed), Number(options.first)];
const count = Number(options.count ?? (asItIs ? corpus.length : 2000));
const FOLDER = fileURLToPath(new URL("../fuzz-findings", import.meta.url));

/** Work in milliseconds and memory in bytes that no file may take, and how long a child may be silent on a busy machine. */
const MOST_WORK = 2000;
const MOST_MEMORY = 500 * 2 ** 20;
const MOST_SILENCE = 20_000;
/** A child is replaced after so many mutants: engines give memory back late. */
const MUTANTS_PER_CHILD = 250;

const kinds = new Map();
const findings = [];
let next = 0;

const started = performance.now();
await Promise.all(Array.from({ length: Number(options.workers) }, work));
report();

async function work() {
  let child = null;
  for (let done = 0; next < count; done += 1) {
    const index = first + next++;
    if (child === null || done % MUTANTS_PER_CHILD === 0) {
      child?.stop();
      child = await startChild();
    }
    let outcome = await child.try(index);
    if (problemOf(outcome) !== null) {
      // Memory and work of the mutants before may count with it: what is found is found again, alone.
      child.stop();
      child = await startChild();
      outcome = await child.try(index);
    }
    note(index, outcome);
    if (outcome.kind === "died" || outcome.kind === "silent" || (outcome.rss ?? 0) > MOST_MEMORY) {
      child.stop();
      child = null;
    }
  }
  child?.stop();
}

async function startChild() {
  const process = fork(new URL("fuzz/child.mjs", import.meta.url), [JSON.stringify({ seed, file: options.file, asItIs })], {
    execArgv: ["--max-old-space-size=400"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errors = "";
  process.stderr.on("data", (chunk) => (errors = (errors + chunk).slice(-4000)));
  let settle = () => {};
  process.on("message", (message) => settle(message));
  process.on("exit", (code, signal) => settle({ kind: "died", error: `exit ${code ?? signal}\n${errors}` }));
  const answer = () => new Promise((resolve) => (settle = resolve));
  const { kind, error } = await answer();
  if (kind === "died") throw new Error(`A child does not start: ${error}`);
  return {
    async try(index) {
      const pending = answer();
      process.send(index, () => {});
      const timer = setTimeout(() => settle({ kind: "silent" }), MOST_SILENCE);
      const outcome = await pending;
      clearTimeout(timer);
      return outcome;
    },
    stop: () => process.kill("SIGKILL"),
  };
}

function note(index, outcome) {
  const problem = problemOf(outcome);
  const kind = problem ?? (outcome.kind === "refused" ? outcome.code : outcome.kind);
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  if (problem === null) return;
  const { name, bytes } = asItIs ? corpus[index % corpus.length] : mutantOf(corpus, seed, index);
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/${seed}-${index}.onnx`;
  writeFileSync(file, bytes);
  findings.push({ index, problem });
  console.log(`✗ ${problem}: mutant ${index} of ${name}, ${file}\n${(outcome.error ?? "").split("\n").slice(0, 6).join("\n")}`);
}

function problemOf({ kind, cpu = 0, rss = 0 }) {
  if (kind === "untyped" || kind === "died" || kind === "silent") return kind;
  if (cpu > MOST_WORK) return `slow (${Math.round(cpu)} ms)`;
  return rss > MOST_MEMORY ? `large (${Math.round(rss / 2 ** 20)} MB)` : null;
}

function report() {
  console.log(`\n${count} mutants of ${corpus.length} files, seed ${seed}, in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const [kind, number] of [...kinds].toSorted(([, a], [, b]) => b - a)) console.log(`  ${String(number).padStart(6)} ${kind}`);
  console.log(`\n${count - findings.length} passed, ${findings.length} failed`);
  process.exitCode = findings.length > 0 || count === 0 ? 1 : 0;
}
