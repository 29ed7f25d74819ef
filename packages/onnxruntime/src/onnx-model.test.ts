import { type FloatTensor, type Model, float32, sliceRows } from "@xdeep/core";
import { concatRows } from "@xdeep/core/backend";
import { Backprop } from "@xdeep/guided";
import { writeModel } from "@xdeep/onnx";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { perceptron, randomTensor, smallCnn } from "../test/small-models.ts";
import { loadModel } from "./load-model.ts";

const images = randomTensor(5, [6, 3, 6, 6]);
const targets = [0, 1, 2, 3, 0, 1];
let model: Model;
beforeAll(async () => {
  model = await loadModel(writeModel(smallCnn()));
});
afterAll(() => model.dispose());

/** Gradients of the rows of a batch, each explained alone. */
async function rowsAlone(): Promise<FloatTensor> {
  const rows: FloatTensor[] = [];
  for (const [row, target] of targets.entries())
    rows.push((await model.vjp({ feeds: { image: sliceRows(images, row, row + 1) }, target })).gradients["image"]!);
  return concatRows(rows);
}

describe("batches", () => {
  it.each(["N", null, 1, 4, 6] as const)("row n equals row n alone where the file says batch %s", async (batch) => {
    const loaded = await loadModel(writeModel(smallCnn(batch)));
    const alone = await rowsAlone();
    const together = await loaded.vjp({ feeds: { image: images }, target: targets });
    expect(together.target).toEqual(targets);
    expect(together.gradients["image"]!.dims).toEqual([6, 3, 6, 6]);
    expectClose(together.gradients["image"]!, alone);
    const { values } = await new Backprop(loaded).explain(images, { target: targets });
    expectClose(values, alone);
    expect(together.outputs["probabilities"]!.dims).toEqual([6, 4]);
    await loaded.dispose();
  });

  it.each(["N", 1, 4] as const)("weights sum the rows where the file says batch %s", async (batch) => {
    const loaded = await loadModel(writeModel(smallCnn(batch)));
    const weights = Float32Array.of(0.5, -1, 2, 0, 3, -0.25);
    const { gradients } = await loaded.vjp({ feeds: { image: images }, target: targets, weights });
    const alone = await rowsAlone();
    const sum = Float32Array.from({ length: 108 }, (_, i) => weights.reduce((total, weight, row) => total + weight * alone.data[row * 108 + i]!, 0));
    expectClose(gradients["image"]!, float32([1, 3, 6, 6], sum));
    await loaded.dispose();
  });

  it("null explains the argmax of each row", async () => {
    const { outputs, target, scores } = await model.vjp({ feeds: { image: images }, score: "probability" });
    const { data } = outputs["probabilities"] as FloatTensor;
    const rows = Array.from({ length: 6 }, (_, row) => [...data.subarray(4 * row, 4 * row + 4)]);
    expect(target).toEqual(rows.map((row) => row.indexOf(Math.max(...row))));
    expect([...scores]).toEqual(rows.map((row) => Math.max(...row)));
  });
});

describe("calls", () => {
  it("at the same time give what they give one after another", async () => {
    const requests = targets.flatMap((target, row) =>
      (["standard", "guided", "deconvnet"] as const).map((rule) => ({ feeds: { image: sliceRows(images, row, row + 1) }, target, rule })),
    );
    const oneByOne = [];
    for (const request of requests) oneByOne.push(await model.vjp(request));
    const fresh = await loadModel(writeModel(smallCnn()));
    expect(await Promise.all(requests.map((request) => fresh.vjp(request)))).toEqual(oneByOne);
    await fresh.dispose();
  });

  it("leave their feeds unchanged, and their results to the caller", async () => {
    const copy = images.data.slice();
    const first = await model.vjp({ feeds: { image: images }, target: 0 });
    const kept = first.gradients["image"]!.data.slice();
    first.gradients["image"]!.data.fill(7);
    expect((await model.vjp({ feeds: { image: images }, target: 0 })).gradients["image"]!.data).toEqual(kept);
    expect(images.data).toEqual(copy);
  });

  it("a cotangent that is one-hot gives the gradient of that entry", async () => {
    const logits = await loadModel(writeModel(perceptron()));
    const x = randomTensor(8, [2, 4]);
    const cotangent = float32([2, 3], [0, 0, 1, 1, 0, 0]);
    const pulled = await logits.vjp({ feeds: { x }, cotangent });
    expectClose(pulled.gradients["x"]!, (await logits.vjp({ feeds: { x }, target: [2, 0] })).gradients["x"]!);
    expect(pulled.target).toEqual([]);
    await logits.dispose();
  });

  it("use after `await using` is over is refused", async () => {
    const loaded = await loadModel(writeModel(perceptron()));
    await loaded[Symbol.asyncDispose]();
    await expect(loaded.forward({ feeds: { x: randomTensor(1, [1, 4]) } })).rejects.toMatchObject({ code: "MODEL_DISPOSED" });
  });
});

function expectClose(actual: FloatTensor, expected: FloatTensor): void {
  expect(actual.dims).toEqual(expected.dims);
  const scale = Math.max(...expected.data.map(Math.abs));
  expect(scale).toBeGreaterThan(0);
  const worst = Math.max(...expected.data.map((value, i) => Math.abs(value - actual.data[i]!)));
  expect(worst / scale).toBeLessThan(1e-5);
}
