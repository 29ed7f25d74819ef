import * as tf from "@tensorflow/tfjs-core";
import { type FloatTensor, float32, sizeOf } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { ENGINES } from "../../test/engines.ts";
import { expectClose } from "../../test/compare.ts";
import { GRADIENT_ROWS, type GradientRow } from "../../test/gradient-rows.ts";
import { seeded, shuffled } from "../../test/seeded.ts";
import { disposeRecording } from "../tape/recording.ts";
import { loadModel } from "../index.ts";
import { record } from "../tape/record.ts";
import { builtinRules } from "./builtin-rules.ts";

interface Case {
  readonly x: FloatTensor;
  readonly cotangent: FloatTensor;
  readonly gradient: FloatTensor;
  /** ⟨cotangent, f(x)⟩ in double precision. */
  readonly project: (x: Float32Array) => number;
  readonly dispose: () => Promise<void>;
}

async function prepare(row: GradientRow, engine: string): Promise<Case> {
  await tf.setBackend(engine);
  const [low, high] = row.range ?? [-1, 1];
  const x = float32(row.dims, shuffled(row.name.length + 1, sizeOf(row.dims), low, high));
  const outDims = tf.tidy(() => row.f(tf.tensor(x.data, [...row.dims])).shape);
  const model = await loadModel(row.f, { inputs: [{ name: "x", dims: row.dims }], outputs: [{ name: "y", dims: outDims }] });
  const cotangent = float32(outDims, seeded(99, sizeOf(outDims)));
  const { gradients } = await model.vjp({ feeds: { x }, cotangent, score: "probability" });
  const project = (data: Float32Array): number => {
    let sum = 0;
    // Nothing is returned out of `tidy`: it would look for tensors in every entry of an array.
    tf.tidy(() => {
      const y = row.f(tf.tensor(data, [...row.dims])).dataSync();
      cotangent.data.forEach((value, i) => (sum += value * y[i]!));
    });
    return sum;
  };
  return { x, cotangent, gradient: gradients["x"]!, project, dispose: () => model.dispose() };
}

describe.each(ENGINES)("gradients on %s", (engine) => {
  const rows = GRADIENT_ROWS.filter(({ cpuOnly, wasmOnly }) => (engine === "cpu" ? !wasmOnly : !cpuOnly));

  // Differences cost two runs an entry: an engine on which cpu's gradient, proved by them, is there to compare with has that instead.
  const [alone, beside] = [rows.filter(({ wasmOnly }) => engine === "cpu" || wasmOnly), rows.filter(({ wasmOnly }) => engine !== "cpu" && !wasmOnly)];

  it.each(alone.map((row) => [row.name, row] as const))("%s agrees with differences", async (_, row) => {
    const { x, gradient, project, dispose } = await prepare(row, engine);
    const step = row.linear ? 1 : 2e-3;
    const differences = new Float64Array(x.data.length);
    for (let i = 0; i < differences.length; i++) {
      const [up, down] = [x.data.slice(), x.data.slice()];
      up[i]! += step;
      down[i]! -= step;
      differences[i] = (project(up) - project(down)) / (up[i]! - down[i]!);
    }
    expectClose(gradient.data, differences, row.linear ? 5e-6 : 3e-3);
    await dispose();
  });

  it.each(beside.map((row) => [row.name, row] as const))("%s agrees with cpu", async (_, row) => {
    const [here, cpu] = [await prepare(row, engine), await prepare(row, "cpu")];
    expectClose(here.gradient.data, cpu.gradient.data, 5e-6);
    await Promise.all([here.dispose(), cpu.dispose()]);
  });

  it.each(rows.filter(({ core }) => core).map((row) => [row.name, row] as const))("%s agrees with core on cpu", async (_, row) => {
    const { x, cotangent, gradient, dispose } = await prepare(row, engine);
    await tf.setBackend("cpu");
    const expected = tf.tidy(() =>
      tf
        .grad(row.f)(tf.tensor(x.data, [...x.dims]), tf.tensor(cotangent.data, [...cotangent.dims]))
        .dataSync(),
    );
    expectClose(gradient.data, expected, 5e-6);
    await dispose();
  });
});

it("has a row for every formula", async () => {
  const seen = new Set<string>();
  for (const engine of ENGINES) {
    await tf.setBackend(engine);
    for (const row of GRADIENT_ROWS) {
      if (engine === "cpu" ? row.wasmOnly : !row.wasmOnly) continue;
      tf.tidy(() => {
        const x = tf.tensor(seeded(1, sizeOf(row.dims), ...(row.range ?? [-1, 1])), [...row.dims]);
        const { recording } = record({ rules: builtinRules }, (recorder) => {
          recorder.addSource(x);
          return row.f(x);
        });
        for (const { kernel } of recording.calls) seen.add(kernel);
        disposeRecording(recording);
      });
    }
  }
  // No version of TensorFlow.js runs these two yet: broadcastTo is a Tile, logSoftmax a custom gradient.
  expect([...builtinRules.keys()].filter((kernel) => !seen.has(kernel)).toSorted()).toEqual(["BroadcastTo", "LogSoftmax"]);
});

it.each([
  [
    [2, 1, 2, 3],
    [1, 3, 3, 2],
  ],
  [
    [2, 3, 2, 3],
    [2, 1, 3, 2],
  ],
])("refuses products [%s] [%s], whose repetition TensorFlow.js gets wrong", async (a, b) => {
  const f = (x: tf.Tensor): tf.Tensor => tf.matMul(x, tf.ones(b));
  const declared = { engine: "cpu", inputs: [{ name: "x", dims: a }], outputs: [{ name: "y", dims: [2, 3, 2, 2] }] };
  await expect(loadModel(f, declared)).rejects.toMatchObject({ code: "GRADIENT_MISSING", details: { kernels: ["BatchMatMul"] } });
});

it("does not take complex numbers for constants", async () => {
  const f = (x: tf.Tensor): tf.Tensor => tf.add(tf.real(tf.fft(tf.complex(x, tf.zerosLike(x)))), 1);
  const declared = { engine: "cpu", inputs: [{ name: "x", dims: [null, 4] }], outputs: [{ name: "y", dims: [null, 4] }] };
  await expect(loadModel(f, declared)).rejects.toMatchObject({ code: "GRADIENT_MISSING", details: { kernels: ["Complex", "FFT", "Real"] } });
});
