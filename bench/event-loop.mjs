// How long the event loop waits while a network is explained in another thread (@xdeep/worker), and what for.
//
//   npm run build && node bench/event-loop.mjs MODEL [--seconds 20] [--cases idle,busy,gradient,integrated,smooth] [--threads 2] [--niceness 0,10]
//
// Each case runs in a process of its own, and beside it one that does nothing, the control: what both wait for is the machine's. "busy" has as many threads that
// only count, and no xdeep. A timer of 1 ms measures how late it comes. On Linux the kernel tells how much of that this thread waited for a core, and how
// much it worked itself (/proc/…/schedstat). What is left is neither: a machine that is itself a guest, or a lock.
import { execFile } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { PerformanceObserver, performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Worker } from "node:worker_threads";

const LATE = 5;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "20" },
    cases: { type: "string", default: "idle,busy,gradient,integrated,smooth" },
    threads: { type: "string", default: "2" },
    niceness: { type: "string", default: "0,10" },
    one: { type: "string" },
  },
});
const [model] = positionals;
if (values.one !== undefined) await measure(JSON.parse(values.one));
else if (model === undefined) fail("Name a model of pictures [N, 3, 224, 224]: node bench/event-loop.mjs resnet18.onnx");
else await compare();
process.exit(0);

async function compare() {
  console.log("Milliseconds by which a timer of 1 ms comes too late.\n");
  const head = [
    "Case",
    "Threads",
    "Niceness",
    "p99",
    "p99.9",
    "Longest",
    `Over ${LATE}`,
    "The longest: for a core",
    "own work",
    "collector",
    "Beside it, idle: p99.9",
    "Longest",
  ];
  console.log(line(head));
  console.log(line(head.map((_, i) => (i === 0 ? "---" : "---:"))));
  for (const name of values.cases.split(",")) {
    for (const threads of name === "idle" ? [0] : values.threads.split(",").map(Number)) {
      for (const niceness of name === "idle" ? [0] : values.niceness.split(",").map(Number)) {
        const [own, control] = await Promise.all([run({ name, threads, niceness }), run({ name: "idle" })]);
        const { wait, work, collector } = own.longest;
        const delays = [own.p99, own.p999, own.longest.late];
        const cells = [...delays.map(ms), own.over, ms(wait), ms(work), ms(collector), ms(control.p999), ms(control.longest.late)];
        console.log(line([name, threads || "", name === "idle" ? "" : niceness, ...cells]));
      }
    }
  }
}

async function run(request) {
  const seconds = Number(values.seconds);
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), "--one", JSON.stringify({ ...request, model, seconds })]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** One case, in this process. */
async function measure({ name, model: path, seconds, threads, niceness }) {
  const explain = await prepare(name, path, threads, niceness);
  const watch = watchLoop();
  const until = performance.now() + 1000 * seconds;
  while (performance.now() < until) await explain();
  console.log(JSON.stringify(watch()));
}

async function prepare(name, path, threads, niceness) {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
  if (name === "idle") return pause;
  if (name === "busy") {
    const count = `require("node:os").setPriority(${niceness}); for (let i = 0; ; i++);`;
    Array.from({ length: threads }, () => new Worker(count, { eval: true }));
    await pause();
    return pause;
  }
  const [{ float32 }, { createNoise }, { Backprop }, { integrated }, { smooth }, { inWorker }] = await Promise.all([
    import("@xdeep/core"),
    import("@xdeep/core/method"),
    import("@xdeep/guided"),
    import("@xdeep/integrated"),
    import("@xdeep/smooth"),
    import("@xdeep/worker"),
  ]);
  const load = async (file, options) => (await import("@xdeep/onnxruntime")).loadModel(file, options);
  const gradient = new Backprop(await inWorker(load, { arguments: [path, { intraOpNumThreads: threads }], from: import.meta.url, niceness }));
  const explainer = { gradient, integrated: integrated(gradient), smooth: smooth(gradient) }[name] ?? fail(`There is no case "${name}".`);
  const dims = [1, 3, 224, 224];
  const image = float32(dims, Float32Array.from(createNoise(1).next(dims.reduce((size, dim) => size * dim, 1))));
  await gradient.explain(image);
  return () => explainer.explain(image);
}

/** Starts a timer of 1 ms; what it returns ends it and sums up. */
function watchLoop() {
  const scheduled = readScheduler();
  const collections = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  const ticks = [];
  let ended = false;
  let last = { at: performance.now(), ...scheduled() };
  const tick = () => {
    if (ended) return;
    const at = performance.now();
    const now = scheduled();
    ticks.push({ start: last.at, at, late: at - last.at - 1, wait: now.wait - last.wait, work: now.work - last.work });
    last = { at: performance.now(), ...now };
    setTimeout(tick, 1);
  };
  setTimeout(tick, 1);
  return () => {
    ended = true;
    const sorted = ticks.toSorted((a, b) => a.late - b.late);
    const longest = sorted.at(-1);
    const collector = collections
      .filter(({ startTime, duration }) => startTime < longest.at && startTime + duration > longest.start)
      .reduce((sum, { duration }) => sum + duration, 0);
    const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))].late;
    return { p99: quantile(0.99), p999: quantile(0.999), over: sorted.filter(({ late }) => late > LATE).length, longest: { ...longest, collector } };
  };
}

/** Milliseconds that this thread has worked, and waited for a core though it could have; 0 where the system does not tell. */
function readScheduler() {
  let file;
  try {
    file = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
  } catch {
    return () => ({ work: 0, wait: 0 });
  }
  process.on("exit", () => closeSync(file));
  const bytes = Buffer.alloc(64);
  return () => {
    const [work, wait] = bytes.toString("latin1", 0, readSync(file, bytes, 0, bytes.length, 0)).split(" ");
    return { work: work / 1e6, wait: wait / 1e6 };
  };
}

function ms(value) {
  return value.toFixed(1);
}

function line(cells) {
  return `| ${cells.join(" | ")} |`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
