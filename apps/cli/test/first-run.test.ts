import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Row } from "@xdeep/batch";
import { type Model, float32, sizeOf } from "@xdeep/core";
import { delegateTo } from "@xdeep/core/backend";
import type { ModelProto } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { describe, expect, it, onTestFinished } from "vitest";

import { type FolderJob, versionsOf } from "../src/batch/folder-job.ts";
import { openJob } from "../src/batch/row-job.ts";
import type { RowFacts } from "../src/batch/row-facts.ts";
import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { writeNpy } from "../src/inputs/npy-file.ts";
import { hashFile } from "../src/inputs/hashed-file.ts";
import { activatedModel, detectorModel, pictureModel, writeTestModel } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

interface Runs {
  forward: number;
  vjp: number;
}

/** A model that counts its runs, as a backend of others that the command loads: the engine below it is the real one. */
async function countingBackend(folder: string): Promise<{ readonly backend: string; readonly runs: Runs; readonly models: readonly Model[] }> {
  const runs = { forward: 0, vjp: 0 };
  const models: Model[] = [];
  const load = async (source: string): Promise<Model> => {
    const model = await loadModel(source);
    models.push(model);
    const counted = (name: keyof Runs) => (request: never) => ((runs[name] += 1), model[name](request));
    return { ...delegateTo(model), forward: counted("forward"), vjp: counted("vjp"), dispose: async () => undefined } as Model;
  };
  Object.assign(globalThis, { loadCounted: load });
  onTestFinished(async () => {
    for (const model of models) await model.dispose();
  });
  const backend = join(folder, "counting.mjs");
  await writeFile(backend, "export const contractVersion = 1;\nexport const loadModel = (source) => globalThis.loadCounted(source);\n");
  return { backend, runs, models };
}

/** The model of a case, its input, and the flags that are those of the command. */
function kindOf(flags: readonly string[]): { proto: ModelProto; name: string; dims: readonly number[]; others: readonly string[] } {
  if (flags[0] === "detector") return { proto: detectorModel("anchors first"), name: "x", dims: [1, 4], others: ["--target", "*,5"] };
  if (flags[0] === "pictures") return { proto: pictureModel(), name: "picture", dims: [1, 3, 8, 8], others: [] };
  return { proto: activatedModel("Softmax"), name: "x", dims: [1, 4], others: flags };
}

describe("one input is run no more often than it takes", () => {
  it.each([
    ["vanilla", [], { forward: 0, vjp: 1 }],
    ["guided", [], { forward: 0, vjp: 1 }],
    ["guided", ["--target", "1"], { forward: 0, vjp: 1 }],
    ["guided", ["--score", "probability"], { forward: 1, vjp: 1 }],
    ["input-x-gradient", [], { forward: 0, vjp: 1 }],
    ["vanilla,guided", [], { forward: 0, vjp: 2 }],
    ["vanilla,input-x-gradient", [], { forward: 0, vjp: 2 }],
    // F at the input and at the baseline, each once.
    ["integrated", ["--steps", "3"], { forward: 2, vjp: 1 }],
    ["integrated", ["--steps", "3", "--target", "1"], { forward: 2, vjp: 1 }],
    ["integrated,vanilla", ["--steps", "3"], { forward: 1, vjp: 2 }],
    ["smooth", ["--samples", "3"], { forward: 1, vjp: 1 }],
    ["grad-cam", ["pictures"], { forward: 0, vjp: 1 }],
    ["layer-cam@rectified", ["pictures"], { forward: 0, vjp: 1 }],
    ["guided-grad-cam", ["pictures"], { forward: 0, vjp: 2 }],
    ["grad-cam,vanilla", ["pictures"], { forward: 0, vjp: 2 }],
    // Which anchor is the highest is not known before the outputs are.
    ["vanilla", ["detector"], { forward: 1, vjp: 1 }],
  ] as const)("%s %j", async (methods, flags, expected) => {
    const folder = await temporaryFolder();
    const { backend, runs, models } = await countingBackend(folder);
    const { proto, name, dims, others } = kindOf(flags);
    const model = await writeTestModel(folder, "net.onnx", proto);
    const data = Float32Array.from({ length: sizeOf(dims) }, (_, n) => Math.sin(3 * n + 1));
    await writeNpy(join(folder, "row.npy"), float32(dims, data));
    const argv = ["explain", model, join(folder, "row.npy"), "-m", methods, ...others, "--backend", backend, "-o", join(folder, "out"), "--json"];
    const { code, stdout } = await runCli(argv);
    expect(code).toBe(0);
    expect(runs).toEqual(expected);
    // The numbers are those of a run of its own.
    const { explanations } = JSON.parse(stdout) as { readonly explanations: readonly ExplanationRecord[] };
    for (const { rows, score, output } of explanations) {
      const [{ target, top, score: value }] = rows as [ExplanationRecord["rows"][number]];
      const alone = await models[0]!.forward({ feeds: { [name]: float32(dims, data) }, target: [target], score });
      expect(value).toBe(alone.scores[0]);
      const highest = [...(alone.outputs[output]!.data as Float32Array)].toSorted((a, b) => b - a).slice(0, 5);
      expect(top.map((entry) => entry.value)).toEqual(highest);
    }
  });
});

describe("rows of many", () => {
  const row = (index: number, target?: string): Row => ({
    index,
    name: `row ${index}`,
    sha256: null,
    target,
    load: async () => ({ kind: "numbers", dims: [4], data: Float64Array.of(index, -2, 0.25, 3) }),
  });

  it.each([
    ["guided", 0, 1],
    ["integrated", 2, 1],
  ] as const)("are run once where %s finds what is scored", async (method, forward, vjp) => {
    const folder = await temporaryFolder();
    const { backend, runs } = await countingBackend(folder);
    const path = await writeTestModel(folder, "net.onnx", activatedModel("Softmax"));
    const plain = await loadModel(path);
    onTestFinished(() => plain.dispose());
    const job = {
      model: { ...(await hashFile(path, "net.onnx")), weights: [] },
      backend,
      engine: plain.engine,
      flags: { gpu: false, method: [method], steps: 3, takeMax: false, top: 2, backend },
      labels: null,
      pictures: null,
      numbers: { input: "x" },
      files: {},
    } satisfies FolderJob;
    const { signal } = new AbortController();
    const { explain } = await openJob(job, { places: { model: path, versions: versionsOf(plain) }, base: folder, signal });
    await explain([row(1)], { signal });
    expect(runs).toEqual({ forward, vjp });
    const [first] = await explain([row(2, "0"), row(3, "1")], { signal });
    expect(runs).toEqual({ forward: 3 * forward, vjp: 3 * vjp });
    expect(first).toMatchObject({ target: 0 });
    expect((first!.facts as unknown as RowFacts).top).toHaveLength(2);
  });
});
