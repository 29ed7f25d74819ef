// Installs the packages as they would be published into empty folders, as their users do, and checks that they work there. Needs a build.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fixtures, referenceModel } from "../packages/conformance/dist/index.js";
import { closure, install, npmInstall, packAll, run, versionOf } from "./packed.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "xdeep-dist-"));

/** What the checks explain. */
const FIXTURE = fixtures().find(({ id }) => id === "cnn");
const TARGET = 2;

const checks = {
  "@xdeep/core alone pulls in nothing": coreAlone,
  "onnxruntime-node works without TensorFlow.js": withOnnxRuntime,
  "TensorFlow.js works without ONNX Runtime": withTensorFlow,
  "the example backend passes the suite": exampleBackend,
};

let failures = 0;
try {
  const tarballs = packAll(join(work, "tarballs"));
  for (const [title, check] of Object.entries(checks)) {
    try {
      await check(tarballs);
      console.log(`ok: ${title}`);
    } catch (error) {
      failures += 1;
      console.error(`FAILED: ${title}\n${error.message}\n${error.stdout ?? ""}${error.stderr ?? ""}`);
    }
  }
} finally {
  rmSync(work, { recursive: true });
}
console.log(`${Object.keys(checks).length - failures} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function coreAlone(tarballs) {
  const installed = install(join(work, "core"), ["@xdeep/core"], tarballs);
  if (installed.join() !== "@xdeep/core") throw new Error(`Installed were ${installed.join(", ")}.`);
  run(process.execPath, ["--input-type=module", "--eval", 'import { float32 } from "@xdeep/core"; float32([1], [1]);'], join(work, "core"));
}

async function withOnnxRuntime(tarballs) {
  const folder = join(work, "onnxruntime");
  const engine = { "onnxruntime-node": versionOf("onnxruntime", "onnxruntime-node") };
  refuse(install(folder, ["@xdeep/onnxruntime", "@xdeep/guided"], tarballs, engine), /tensorflow|tfjs/);
  writeFileSync(join(folder, "model.onnx"), FIXTURE.onnx());
  await checkGradient(folder, "@xdeep/onnxruntime", 'loadModel("model.onnx")', FIXTURE.sample(1).image);
}

async function withTensorFlow(tarballs) {
  const folder = join(work, "tfjs");
  const engines = ["tfjs-core", "tfjs-layers", "tfjs-backend-cpu"].map((name) => `@tensorflow/${name}`);
  refuse(install(folder, ["@xdeep/tfjs", "@xdeep/guided"], tarballs, Object.fromEntries(engines.map((name) => [name, versionOf("tfjs", name)]))), /onnx/);
  const { weightSpecs, weightData, ...model } = FIXTURE.layersModel();
  writeFileSync(join(folder, "model.json"), JSON.stringify({ ...model, weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }] }));
  writeFileSync(join(folder, "weights.bin"), new Uint8Array(weightData));
  await checkGradient(folder, "@xdeep/tfjs", 'loadModel("model.json", { engine: "cpu" })', channelsLast(FIXTURE.sample(1).image), channelsLast);
}

function exampleBackend(tarballs) {
  const folder = join(work, "example");
  cpSync(join(root, "examples/finite-differences-backend"), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  delete manifest.devDependencies;
  manifest.dependencies = Object.fromEntries(closure(names, tarballs));
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  npmInstall(folder);
  const output = run(process.execPath, ["--test", "--test-reporter=tap"], folder);
  const [, passed] = /^# pass (\d+)$/m.exec(output) ?? [];
  if (!(Number(passed) > 200) || !/^# fail 0$/m.test(output)) throw new Error(output);
}

function refuse(installed, unwanted) {
  const found = installed.filter((name) => unwanted.test(name));
  if (found.length > 0) throw new Error(`Nobody asked for ${found.join(", ")}.`);
}

/** Runs a program of a user in the folder, and compares the gradient that it prints with the float64 reference. */
async function checkGradient(folder, backend, load, image, turn = (tensor) => tensor) {
  const program = `
    import { loadModel } from ${JSON.stringify(backend)};
    import { Backprop } from "@xdeep/guided";
    const model = await ${load};
    const image = { type: "float32", dims: ${JSON.stringify(image.dims)}, data: Float32Array.of(${image.data.join()}) };
    for (const guided of [false, true]) {
      const { dims, data } = await new Backprop(model, { guided }).calculateGradients(image, { targetClass: ${TARGET} });
      console.log("RESULT " + JSON.stringify({ dims, data: [...data] }));
    }
    await model.dispose();`;
  writeFileSync(join(folder, "program.js"), program);
  const results = [...run(process.execPath, ["program.js"], folder).matchAll(/^RESULT (.*)$/gm)].map(([, json]) => JSON.parse(json));
  for (const [i, rule] of ["standard", "guided"].entries()) {
    const { gradients } = await referenceModel(FIXTURE).vjp({ feeds: FIXTURE.sample(1), target: TARGET, rule });
    const expected = turn(gradients.image);
    const largest = Math.max(...expected.data.map(Math.abs));
    const worst = Math.max(...expected.data.map((value, k) => Math.abs(value - (results[i]?.data[k] ?? Number.NaN))));
    if (!(worst <= 1e-5 * largest)) throw new Error(`The ${rule} gradient is off by ${worst}, its largest value is ${largest}.`);
    if (results[i].dims.join() !== expected.dims.slice(1).join()) throw new Error(`The ${rule} gradient has dims ${results[i].dims}.`);
  }
}

/** [N, C, H, W] → [N, H, W, C]. */
function channelsLast({ type, dims: [n, c, h, w], data }) {
  const at = (k) => data[Math.floor(k / (c * h * w)) * c * h * w + (k % c) * h * w + (Math.floor(k / c) % (h * w))];
  return { type, dims: [n, h, w, c], data: Float32Array.from(data, (_, k) => at(k)) };
}
