// Load on `xdeep serve`, for real: four times what it can do, random bodies, and what must hold meanwhile. Needs a build.
//   pnpm test:load [--seconds 20] [--bodies 10000] [--strict]        on a machine that does nothing else: pnpm test:load --seconds 600 --strict
// SqueezeNet of ../shared/models where it is, the demo's network elsewhere. Ends with one line: N passed, N failed.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { Backprop } from "../packages/guided/dist/index.js";
import { inWorker } from "../packages/worker/dist/index.js";

const { values: options } = parseArgs({
  options: { seconds: { type: "string", default: "20" }, bodies: { type: "string", default: "10000" }, strict: { type: "boolean", default: false } },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const squeezenet = join(root, "../shared/models/squeezenet/squeezenet.onnx");
const file = existsSync(squeezenet) ? squeezenet : join(root, "apps/demo/model/shapes.onnx");
/** Seconds that a request has. */
const DEADLINE = 5;
/** Runs of the library beside which the server is measured: before and after, because other work on the machine slows both. */
const LIBRARY_SECONDS = 5;

let [passed, failed] = [0, 0];
const folder = await mkdtemp(join(tmpdir(), "xdeep-load-"));
await copyFile(file, join(folder, "net.onnx"));
const model = await loadLibrary();
const [info] = model.inputs;
const dims = [1, ...info.dims.slice(1)];
const tensor = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => 100 * Math.sin(i));
const before = await libraryRate(LIBRARY_SECONDS);
const server = await startServer();
try {
  await randomBodies(Number(options.bodies));
  await overload(Number(options.seconds), before);
} finally {
  const { code, signal } = await server.stop();
  check("the server ends by itself when it is told to", code === 0, `code ${code}, signal ${signal}`);
  await model.dispose();
  await rm(folder, { recursive: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function overload(seconds, capacity) {
  const body = binaryBody();
  const [accepted, refused, others] = [[], [], []];
  const watch = watchServer();
  const started = performance.now();
  const instance = autocannon({
    url: `${server.address}/v2/models/net/explain`,
    method: "POST",
    headers: { "content-type": "application/octet-stream", "inference-header-content-length": String(body.head) },
    body: body.bytes,
    connections: 64,
    overallRate: Math.ceil(4 * capacity),
    duration: seconds,
    timeout: 2 * DEADLINE,
  });
  instance.on("response", (_, status, __, milliseconds) =>
    (status === 200 ? accepted : status === 429 ? refused : others).push(status === 200 || status === 429 ? milliseconds : status),
  );
  const result = await instance;
  const took = (performance.now() - started) / 1000;
  const { health, memory, lag } = await watch.end();
  const after = await libraryRate(LIBRARY_SECONDS);
  const library = (capacity + after) / 2;
  const rate = accepted.length / took;
  const late = others.filter((status) => status === 504).length;
  console.log(`${file.split("/").at(-1)}, ${seconds} s at ${Math.ceil(4 * capacity)} requests/s:`);
  console.log(
    `  library  ${capacity.toFixed(1)}/s before, ${after.toFixed(1)}/s after; server ${rate.toFixed(1)}/s, ${((100 * rate) / library).toFixed(0)} % of it`,
  );
  console.log(
    `  accepted ${accepted.length}, p50 ${quantile(accepted, 0.5)} ms, p99 ${quantile(accepted, 0.99)} ms; refused ${refused.length}, p50 ${quantile(refused, 0.5)} ms, p99 ${quantile(refused, 0.99)} ms; late ${late}`,
  );
  console.log(`  health   p50 ${quantile(health, 0.5)} ms, p99 ${quantile(health, 0.99)} ms of ${health.length}; event loop p99 ${(1000 * lag).toFixed(1)} ms`);
  console.log(`  memory   ${memory[0]} MB at first, ${Math.max(...memory)} MB at most, ${memory.at(-1)} MB at last`);
  check("some are accepted, and others refused", accepted.length > 0 && refused.length > 0, `${accepted.length}, ${refused.length}`);
  check(
    "nothing but 200, 429 and 504",
    others.every((status) => status === 504),
    [...new Set(others)].join(),
  );
  check("no connection is lost", result.errors - result.timeouts === 0, `${result.errors} errors`);
  check("memory is bounded", Math.max(...memory) < 1200, `${Math.max(...memory)} MB`);
  // A machine with other work makes everything late: there these are guards against hangs. The bars are for one that does nothing else.
  const slack = options.strict ? 1 : 20;
  check(
    "what is accepted is answered in the time that it was given",
    quantile(accepted, 0.99) <= 1000 * DEADLINE + 250 * slack,
    `${quantile(accepted, 0.99)} ms`,
  );
  check("what is refused is refused at once", quantile(refused, 0.99) < 250 * slack, `${quantile(refused, 0.99)} ms`);
  check("health answers meanwhile", quantile(health, 0.99) < 50 * slack * 2, `${quantile(health, 0.99)} ms`);
  if (options.strict) {
    check("health answers within 50 ms", quantile(health, 0.99) < 50, `${quantile(health, 0.99)} ms`);
    check("the server does 90 % of what the library does", rate >= 0.9 * library, `${rate.toFixed(1)} of ${library.toFixed(1)}/s`);
  }
}

/** Bytes that mean nothing, and JSON that means something else, to every route. */
async function randomBodies(count) {
  const routes = [
    "/v2/models/net/explain",
    "/v2/models/net/infer",
    "/v1/models/net:explain",
    "/v1/models/net:predict",
    "/v2/models/..%2f..%2fetc/infer",
    "/v1/models/%00:predict",
  ];
  const types = [
    ["application/json"],
    ["application/octet-stream", { "inference-header-content-length": "9" }],
    ["multipart/form-data; boundary=x"],
    ["text/html"],
  ];
  const bodies = [
    () => randomBytes(Math.floor(Math.random() * 300)),
    () => '{"inputs":[{"name":"x","shape":[1e9],"datatype":"FP32","data":[1]}]}',
    () => `[${"[".repeat(2000)}`,
    () => '{"instances":[null]}',
    () => "",
  ];
  const statuses = new Map();
  let sent = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (sent < count) {
        const n = sent++;
        const [type, headers = {}] = types[n % types.length];
        const status = await post(routes[n % routes.length], bodies[n % bodies.length](), { "content-type": type, ...headers }, agent);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
  );
  agent.destroy();
  const wrong = [...statuses.keys()].filter((status) => ![400, 404, 413, 415].includes(status));
  check(
    `${count} bodies at random are refused, and nothing else happens`,
    wrong.length === 0,
    [...statuses].map(([status, n]) => `${status}: ${n}`).join(", "),
  );
}

function post(path, body, headers, agent) {
  return new Promise((resolve) => {
    const call = request(`${server.address}${path}`, { method: "POST", headers, agent }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode));
    });
    call.on("error", (error) => resolve(error.code));
    call.end(body);
  });
}

function binaryBody() {
  const bytes = Buffer.from(tensor.buffer);
  const json = {
    inputs: [{ name: info.name, shape: dims, datatype: "FP32", parameters: { binary_data_size: bytes.length } }],
    parameters: { method: "guided", target: 1, take_max: true, binary_data_output: true },
  };
  const head = Buffer.from(JSON.stringify(json));
  return { head: head.length, bytes: Buffer.concat([head, bytes]) };
}

function watchServer() {
  const [health, memory] = [[], []];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const started = performance.now();
      const { ok } = await fetch(`${server.address}/v2/health/live`);
      if (ok) health.push(Math.round(performance.now() - started));
      const [, resident] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"));
      memory.push(Math.round(Number(resident) / 1024));
      await sleep(100);
    }
  })();
  return {
    end: async () => {
      over.abort();
      await watching;
      const metrics = await (await fetch(`${server.address}/metrics`)).text();
      return { health, memory, lag: Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)[1]) };
    },
  };
}

async function startServer() {
  const argv = ["serve", folder, "--port", "0", "--quiet", "--threads", "1", "--max", `seconds=${DEADLINE}`, "--max", "waiting=16"];
  const child = spawn(process.execPath, [join(root, "apps/cli/bin/xdeep.js"), ...argv], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
  const address = await new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => /on (http:\S+)/.test(String(text)) && resolve(/on (http:\S+)/.exec(String(text))[1]));
    void ended.then(({ code }) => reject(new Error(`xdeep serve ended with ${code}.`)));
  });
  return { address, pid: child.pid, stop: () => (child.kill("SIGTERM"), ended) };
}

async function loadLibrary() {
  await readFile(file);
  const backend = new URL("../packages/onnxruntime/dist/index.js", import.meta.url).href;
  return inWorker(async (module, path) => (await import(module)).loadModel(path, { intraOpNumThreads: 1 }), {
    arguments: [backend, file],
    from: import.meta.url,
  });
}

/** Guided gradients a second, one after the other, as the server computes them. */
async function libraryRate(seconds) {
  const explainer = new Backprop(model, { guided: true });
  const input = { type: "float32", dims, data: tensor };
  await explainer.explain(input, { target: 1 });
  const started = performance.now();
  let runs = 0;
  while (performance.now() - started < 1000 * seconds) {
    await explainer.explain(input, { target: 1 });
    runs += 1;
  }
  return (1000 * runs) / (performance.now() - started);
}

function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
}

function check(what, holds, found) {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? "✓" : "✗"} ${what}${holds ? "" : `: ${found}`}`);
}
