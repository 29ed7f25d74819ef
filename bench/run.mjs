// pnpm bench: every figure from a process of its own, processes alternating, the best of three medians.
//
//   pnpm bench FOLDER [MODEL…] [--threads 1,2] [--figures forward,gradient,…] [--rounds 3] [--n 50] [--engine onnxruntime-node]
//                     [--python PYTHON]… [--out bench/results]
//
// FOLDER holds <model>.onnx files of pictures [N, 3, 224, 224]: those of bench/make_models.py, or your own. Each --python is an interpreter with torch (and
// captum): its frozen-parameter gradient, IntegratedGradients and NoiseTunnel are measured in the same sitting, for models that torchvision has by the same
// name. Times, load, first gradient and the peak memory of every process go to OUT.json, and as tables to OUT.md.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import { markdown } from "./table.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const FIGURES = ["forward", "gradient", "guided", "integrated", "smooth"];
const LONG = new Set(["integrated", "smooth"]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "2" },
    figures: { type: "string", default: FIGURES.join(",") },
    rounds: { type: "string", default: "3" },
    runs: { type: "string", default: "9" },
    n: { type: "string", default: "50" },
    engine: { type: "string", default: "onnxruntime-node" },
    python: { type: "string", multiple: true, default: [] },
    out: { type: "string", default: join(here, "results") },
  },
});
const [folder = join(here, "models"), ...names] = positionals;
if (!existsSync(folder)) fail(`There is no folder "${folder}". Make models first: python3 bench/make_models.py ${folder}`);
const models =
  names.length > 0
    ? names
    : readdirSync(folder)
        .filter((file) => file.endsWith(".onnx"))
        .map((file) => basename(file, ".onnx"));
if (models.length === 0) fail(`"${folder}" holds no .onnx file.`);
const figures = values.figures.split(",");
const unknown = figures.find((figure) => !FIGURES.includes(figure));
if (unknown !== undefined) fail(`There is no figure "${unknown}". Figures: ${FIGURES.join(", ")}.`);

const results = [];
for (const model of models) {
  for (const threads of values.threads.split(",").map(Number)) results.push(await measure(model, threads));
}
const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: machine(),
  engine: values.engine,
  n: Number(values.n),
  rounds: Number(values.rounds),
  results,
};
writeFileSync(`${values.out}.json`, `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(`${values.out}.md`, markdown(report));
console.log(`\n${markdown(report)}`);

/** All figures of one model, one process after the other, round by round. */
async function measure(model, threads) {
  const jobs = figures.map((figure) => ({ who: "xdeep", figure, run: () => node(model, figure, threads) }));
  for (const python of values.python) {
    for (const figure of figures.filter((each) => each !== "guided")) jobs.push({ who: python, figure, run: () => torch(python, model, figure, threads) });
  }
  const best = {};
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { who, figure, run } of jobs) {
      const measured = await run();
      if (measured === null) continue;
      const known = best[who]?.[figure];
      best[who] = {
        ...best[who],
        [figure]: known === undefined || measured.median < known.median ? { ...measured, first: Math.min(measured.first, known?.first ?? Infinity) } : known,
      };
      process.stderr.write(`${model} ${threads} thread(s), round ${round + 1}: ${who} ${figure} ${measured.median.toFixed(1)} ms\n`);
    }
  }
  return { model, threads, ...best };
}

function node(model, figure, threads) {
  const request = {
    model: join(folder, `${model}.onnx`),
    figure,
    threads,
    engine: values.engine,
    n: Number(values.n),
    runs: LONG.has(figure) ? 1 : Number(values.runs),
  };
  return read(process.execPath, [join(here, "figure.mjs"), JSON.stringify(request)]);
}

/** Null for a model or a method that this interpreter does not have. */
async function torch(python, model, figure, threads) {
  const request = { model, figure, threads, n: Number(values.n), runs: LONG.has(figure) ? 1 : Number(values.runs) };
  return read(python, [join(here, "torch_figure.py"), JSON.stringify(request)]).catch((error) => {
    process.stderr.write(
      `${python} cannot measure ${figure} of ${model}: ${String(error.stderr ?? error)
        .trim()
        .split("\n")
        .at(-1)}\n`,
    );
    return null;
  });
}

async function read(command, args) {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function machine() {
  const { version } = JSON.parse(readFileSync(new URL("../node_modules/onnxruntime-node/package.json", import.meta.url), "utf8"));
  return {
    cpu: cpus()[0].model,
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: version,
  };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
