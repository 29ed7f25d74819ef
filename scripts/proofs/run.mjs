// Runs exported explainers where other people run models, and compares every output with the API's: `node scripts/proofs/run.mjs [FOLDER]`.
// Needs a build, Python 3.11, Java 17, Maven, and the registries npm, PyPI and Maven Central. What cannot be installed is said, and fails.
// Takes some minutes and 4 GB of disk the first time: each place gets a virtual environment of its own in FOLDER (default: proofs in the temporary folder).
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = resolve(here, "../..");
const folder = resolve(process.argv[2] ?? join(tmpdir(), "xdeep-proofs"));
const files = join(folder, "files");
const JAVA_ENGINE = "1.29.0";

/** Where the files go: the Python script, and what it needs installed. */
const PYTHON = [
  { title: "ONNX checker", script: "checker.py", packages: ["onnx"] },
  { title: "ONNX Runtime for Python, newest", script: "onnxruntime_python.py", packages: ["onnxruntime", "numpy"] },
  { title: "ONNX Runtime for Python 1.17", script: "onnxruntime_python.py", packages: ["onnxruntime==1.17.3", "numpy<2"] },
  { title: "PySpark", script: "spark.py", packages: ["pyspark", "pandas", "pyarrow", "onnxruntime", "numpy"] },
  { title: "SynapseML", script: "synapseml.py", packages: ["pyspark==3.5.7", "numpy", "pandas", "pyarrow", "setuptools"] },
  { title: "Ray Data", script: "ray_data.py", packages: ["ray[data]", "onnxruntime", "numpy"] },
  { title: "Apache Beam", script: "beam.py", packages: ["apache-beam", "onnxruntime", "onnx", "numpy"] },
  { title: "DuckDB", script: "duckdb_arrow.py", packages: ["duckdb", "pyarrow", "onnxruntime", "numpy"] },
];

const proofs = [];
let failed = 0;

mkdirSync(files, { recursive: true });
step("the files", () => execute(process.execPath, [join(here, "make-files.mjs"), files], root));
for (const { title, script, packages } of PYTHON) step(title, () => execute(environment(packages), [join(here, "python", script)], join(here, "python")));
step("ONNX Runtime for Java", java);
step("onnxruntime-web", web);

console.log(
  "\n| where | version | explainer | rows | outputs | largest error | CPU ms a row | plain model | rows a second | plain model |\n|---|---|---|---|---|---|---|---|---|---|",
);
for (const { where, version, case: name, error, rows = 3, outputs = "all", explained, plain, rate, plain_rate: plainRate } of proofs) {
  const times = [explained, plain, rate, plainRate].map((time) => (time === undefined ? "" : time.toFixed(time < 10 ? 2 : 0)));
  console.log(`| ${[where, version, name, rows, outputs, error.toExponential(0), ...times].join(" | ")} |`);
}
for (const { where, case: name, scaling, bare_scaling: bare } of proofs) {
  if (scaling !== undefined)
    console.log(`${where}, ${name}: ${scaling.toFixed(2)} times the rows of one; two processes that only compute: ${bare.toFixed(2)} times the work of one`);
}
console.log(`${proofs.length} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** A place that fails does not keep the others from being tried. */
function step(title, run) {
  console.log(`\n> ${title}`);
  try {
    run();
  } catch (error) {
    failed += 1;
    console.error(`FAILED: ${title}: ${error.message}`);
  }
}

function execute(command, args, cwd) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PROOFS: files },
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });
  const lines = (stdout ?? "").split("\n").filter((line) => line.startsWith("PROOF "));
  for (const line of lines) console.log(line);
  proofs.push(...lines.map((line) => JSON.parse(line.slice("PROOF ".length))));
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`it ended with ${status}`);
}

/** A virtual environment with these packages, kept for the next run; its Python. */
function environment(packages) {
  const name = packages.join(" ").replaceAll(/[^a-z0-9.]+/gi, "-");
  const path = join(folder, "python", name);
  const python = join(path, "bin", "python");
  if (existsSync(join(path, "complete"))) return python;
  rmSync(path, { recursive: true, force: true });
  execute("python3", ["-m", "venv", path], folder);
  execute(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages], folder);
  writeFileSync(join(path, "complete"), "");
  return python;
}

function java() {
  const jar = join(folder, `onnxruntime-${JAVA_ENGINE}.jar`);
  if (!existsSync(jar))
    execute("mvn", ["-q", "dependency:copy", `-Dartifact=com.microsoft.onnxruntime:onnxruntime:${JAVA_ENGINE}`, `-DoutputDirectory=${folder}`], folder);
  execute("java", ["-cp", jar, join(here, "java", "Proof.java"), files], folder);
}

/** In a folder that has the engine alone. */
function web() {
  const place = join(folder, "web");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), '{ "type": "module", "private": true }\n');
  if (!existsSync(join(place, "node_modules", "onnxruntime-web"))) execute("npm", ["install", "--silent", "--no-audit", "--no-fund", "onnxruntime-web"], place);
  copyFileSync(join(here, "web.mjs"), join(place, "web.mjs"));
  execute(process.execPath, [join(place, "web.mjs"), files], place);
}
