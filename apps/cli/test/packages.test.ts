import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import { TABLE_WEIGHTS, tableModel, writeTestModel } from "./models.ts";
import { type CliResult, runCli, temporaryFolder } from "./run-cli.ts";

/** A method that multiplies what the explainer inside says, as a stranger writes it: nothing of ours is imported. */
const METHOD = `
  export const contractVersion = 1;
  export function method(explainer, options = {}) {
    const unknown = Object.keys(options).filter((name) => name !== "factor");
    if (unknown.length > 0) throw Object.assign(new Error("no option " + unknown), { name: "XDeepError", code: "OPTION_INVALID", details: {} });
    const { factor = 2 } = options;
    const described = { name: "times", parameters: { factor }, of: explainer.method };
    return {
      model: explainer.model,
      method: described,
      async explain(input, asked) {
        const inner = await explainer.explain(input, asked);
        const values = Object.fromEntries(Object.entries(inner.values).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map((value) => factor * value) }]));
        const versions = { ...inner.provenance.versions, "xdeep-method-times": "1.2.3" };
        return { ...inner, values, provenance: { ...inner.provenance, method: described, versions } };
      },
    };
  }
`;

/** F = scale · Σ x, whatever the file holds. */
const BACKEND = `
  export const contractVersion = 1;
  export async function loadModel(source, { scale = 1 } = {}) {
    const info = (name, size) => ({ name, type: "float32", dims: [null, size], layout: null });
    const capabilities = { rules: ["standard"], rectifiers: [], innerValues: false, logits: true, gpu: false, maxBatch: null, preferredBatch: 4 };
    const run = ({ dims: [rows, size], data }) => Float32Array.from({ length: rows }, (_, n) => scale * data.subarray(n * size, (n + 1) * size).reduce((a, b) => a + b, 0));
    const result = ({ feeds: { x } }) => {
      const scores = run(x);
      return { outputs: { y: { type: "float32", dims: [x.dims[0], 1], data: scores } }, target: [...scores].map(() => 0), scores, output: "y", score: "logit" };
    };
    return {
      backend: "sums", engine: "sums of " + source.split("/").at(-1), contractVersion: CONTRACT, versions: { "xdeep-backend-sums": "4.5.6" },
      inputs: [info("x", 4)], outputs: [info("y", 1)], capabilities,
      forward: async (request) => result(request),
      vjp: async (request) => ({ ...result(request), rectifiers: 0, gradients: { x: { ...request.feeds.x, data: request.feeds.x.data.map(() => scale) } } }),
      dispose: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
`;

interface Project {
  readonly folder: string;
  run(...argv: readonly string[]): Promise<CliResult>;
}

/** A user's project, in which packages of others are installed, as the current folder. */
async function project(packages: Readonly<Record<string, string>>): Promise<Project> {
  const folder = await temporaryFolder();
  for (const [name, source] of Object.entries(packages)) {
    const home = join(folder, "node_modules", name);
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "package.json"), JSON.stringify({ name, version: "1.2.3", type: "module", exports: { import: "./index.js" } }));
    await writeFile(join(home, "index.js"), source);
  }
  await writeTestModel(folder, "table.onnx", tableModel());
  await writeFile(join(folder, "row.json"), "[1, 2, 3, 4]");
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return { folder, run: (...argv) => runCli(["explain", "table.onnx", "row.json", "--target", "0", "-o", "out", ...argv]) };
}

const times = (factor: number): readonly number[] => TABLE_WEIGHTS[0].map((weight) => factor * weight);
const attributions = async (name: string): Promise<readonly number[]> => [...(await readNpy(join("out", `row.table.${name}.npy`))).numbers];

describe("a method of others", () => {
  it("is found in the project by its name, long or short, and nests with those that are built in", async () => {
    const { run } = await project({ "xdeep-method-times": METHOD });
    const names = ["xdeep-method-times", "times", "times-guided", "integrated-times", "xdeep-method-times-integrated"];
    const { code, stderr, stdout } = await run("--method", names.join(","), "--baseline", "0", "--no-multiply-by-inputs", "--json");
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    for (const name of names) expect(await attributions(name)).toEqual(times(2));
    const [record] = (JSON.parse(stdout) as { explanations: readonly ExplanationRecord[] }).explanations;
    expect(record).toMatchObject({
      name: "xdeep-method-times",
      method: { name: "times", parameters: { factor: 2 } },
      versions: { "xdeep-method-times": "1.2.3" },
    });
  });

  it("takes options, and refuses those that it does not know", async () => {
    const { run } = await project({ "xdeep-method-times": METHOD });
    expect((await run("--method", "times", "--method-option", "factor=-0.5")).code).toBe(0);
    expect(await attributions("times")).toEqual(times(-0.5));
    expect(await run("--method", "times", "--method-option", "power=2")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no option power") as string,
    });
  });

  it("may be scoped, or a file under development", async () => {
    const { folder, run } = await project({ "@me/xdeep-method-times": METHOD });
    await writeFile(join(folder, "mine.mjs"), METHOD);
    expect((await run("--method", "@me/xdeep-method-times,./mine.mjs")).code).toBe(0);
    expect(await attributions("me_xdeep-method-times")).toEqual(times(2));
    expect(await attributions("mine.mjs")).toEqual(times(2));
  });

  it.each([
    ["is not there", {}, 2, /no method "times".*vanilla, guided.*"xdeep-method-times" or "times"/],
    [
      "is for another contract",
      { "xdeep-method-times": METHOD.replace("= 1", "= 2") },
      1,
      /"xdeep-method-times" was written for contract 2.*\[CONTRACT_VERSION\]/,
    ],
    [
      "names no contract",
      { "xdeep-method-times": "export const method = () => { throw new Error('called'); }" },
      1,
      /does not say which contract.*\[CONTRACT_VERSION\]/,
    ],
    ["exports no method", { "xdeep-method-times": "export const contractVersion = 1;" }, 1, /exports no function "method".*docs\/write-a-method\.md/],
    ["cannot be loaded", { "xdeep-method-times": "import 'nothing-of-this-name';" }, 1, /"xdeep-method-times" cannot be loaded: .*nothing-of-this-name/],
    ["makes no explainer", { "xdeep-method-times": "export const contractVersion = 1; export const method = () => 3;" }, 1, /Expected an explainer/],
  ] as const)("that %s is refused", async (_, packages, code, message) => {
    const { run } = await project(packages);
    expect(await run("--method", "times")).toMatchObject({ code, stderr: expect.stringMatching(message) as string });
  });
});

describe("a backend of others", () => {
  const good = BACKEND.replace("CONTRACT", "1");

  it("is found in the project, gets its options, and is recorded", async () => {
    const { run } = await project({ "xdeep-backend-sums": good });
    const { code, stdout } = await run("--backend", "xdeep-backend-sums", "--backend-option", "scale=3", "--json");
    expect(code).toBe(0);
    const [record] = (JSON.parse(stdout) as { explanations: readonly ExplanationRecord[] }).explanations;
    expect(record).toMatchObject({
      rows: [{ score: 30 }],
      model: { backend: "sums", engine: "sums of table.onnx" },
      versions: { "xdeep-backend-sums": "4.5.6" },
    });
    expect(await attributions("vanilla")).toEqual([3, 3, 3, 3]);
    expect((await run("--backend", "sums", "--method", "integrated")).code).toBe(0);
  });

  it("cannot be measured by models with other weights, which it does not load", async () => {
    const { folder } = await project({ "xdeep-backend-sums": good });
    const argv = ["evaluate", "table.onnx", "row.json", "--backend", "sums", "--metric", "mprt", "-o", join(folder, "out")];
    expect(await runCli(argv)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/refused .*mprt of vanilla: [^]*other weights[^]*\[CAPABILITY_MISSING\]/) as string,
    });
  });

  it("refuses options of the backends that are built in", async () => {
    const { run } = await project({ "xdeep-backend-sums": good });
    expect(await run("--backend", "sums", "--threads", "1")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/--threads is no option of backend xdeep-backend-sums.*--backend-option NAME=VALUE/) as string,
    });
  });

  it.each([
    ["for another contract", BACKEND.replace("contractVersion = 1", "contractVersion = 9"), /contract 9.*\[CONTRACT_VERSION\]/],
    ["whose model is for another contract", BACKEND.replace("CONTRACT", "9"), /contract 9.*\[CONTRACT_VERSION\]/],
    ["that loads no model", "export const contractVersion = 1; export const loadModel = async () => ({});", /no model.*docs\/write-a-backend\.md/],
  ])("%s is refused", async (_, source, message) => {
    const { run } = await project({ "xdeep-backend-sums": source });
    expect(await run("--backend", "sums")).toMatchObject({ code: 1, stderr: expect.stringMatching(message) as string });
  });

  it("is asked by check, and what it cannot explain is the answer", async () => {
    await project({
      "xdeep-backend-sums": good,
      "xdeep-backend-none":
        "export const contractVersion = 1; export const loadModel = async () => { throw Object.assign(new Error('no rule for Mystery'), { name: 'XDeepError', code: 'GRADIENT_MISSING', details: {} }); };",
    });
    const fine = await runCli(["check", "table.onnx", "--backend", "sums"]);
    expect(fine).toMatchObject({ code: 0, stdout: expect.stringMatching(/can be explained[^]*sums of table\.onnx[^]*y +float32 +\[N, 1\]/) as string });
    const none = await runCli(["check", "table.onnx", "--backend", "none"]);
    expect(none).toMatchObject({ code: 1, stdout: expect.stringMatching(/cannot be explained[^]*no rule for Mystery/) as string });
  });

  it("is told apart from the ones that are built in", async () => {
    const { run } = await project({ "xdeep-backend-onnxruntime": good });
    const { stdout } = await run("--backend", "onnxruntime");
    expect(stdout).toContain("table.onnx on onnxruntime-node");
  });
});
