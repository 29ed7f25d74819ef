import { type FloatTensor, sliceRows } from "@xdeep/core";
import { concatRows } from "@xdeep/core/backend";
import { differentiate } from "@xdeep/autodiff";
import { type ModelProto, writeModel } from "@xdeep/onnx";
import { type Value64, checkVjp, evaluate, evaluator, fromTensor, value64 } from "@xdeep/reference";
import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { OPERATORS, ROW_DIMS, type Step, randomGraph } from "./random-graph.ts";
import { randomTensor } from "./small-models.ts";
import { gradientError } from "./numerical-gradient.ts";
import { loadModel } from "../src/load-model.ts";

const step = fc.record<Step>({ op: fc.nat(1000), a: fc.nat(1000), b: fc.nat(1000) });
const graphs = fc.record({ opset: fc.integer({ min: 7, max: 22 }), steps: fc.array(step, { minLength: 1, maxLength: 9 }), seed: fc.nat(1000) });

describe("random graphs of random opsets", () => {
  it("have right gradients, and row n of a batch is row n alone", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ opset, steps, seed }) =>
        check(randomGraph({ opset, steps, batch: "N" }), randomGraph({ opset, steps, batch: 1 }), seed),
      ),
      { seed: 20261, numRuns: 30 },
    );
  });

  // All of them read the input, so that each counts in the gradient.
  it.each([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22])("every operator has the form of opset %i", async (opset) => {
    const available = OPERATORS.filter(({ since = 7 }) => since <= opset);
    const steps = available.map((_, op): Step => ({ op, a: 0, b: op }));
    await check(randomGraph({ opset, steps, batch: "N" }), randomGraph({ opset, steps, batch: 1 }), opset);
  });
});

/** The model at its own opset, ours, central differences, and rows alone must agree. */
async function check(open: ModelProto, single: ModelProto, seed: number): Promise<void> {
  const x = randomTensor(seed, [2, ...ROW_DIMS]);
  const target = [seed % 4, (seed + 1) % 4];
  const [model, fixed] = await Promise.all([loadModel(writeModel(open)), loadModel(writeModel(single))]);
  try {
    const { gradients, outputs } = await model.vjp({ feeds: { x }, target });
    expectClose(outputs["y"] as FloatTensor, await runAsItIs(open, x), 1e-5);
    expect(gradientError(gradients["x"], differentiated(open, x, target))).toBeLessThan(2e-4);
    const alone = [0, 1].map((row) => sliceRows(x, row, row + 1));
    const rows = await Promise.all(alone.map((feed, row) => model.vjp({ feeds: { x: feed }, target: target[row]! })));
    expectClose(concatRows(rows.map((result) => result.gradients["x"]!)), gradients["x"]!, 2e-5);
    expectClose((await fixed.vjp({ feeds: { x }, target })).gradients["x"]!, gradients["x"]!, 2e-5);
  } finally {
    await Promise.all([model.dispose(), fixed.dispose()]);
  }
}

/** The gradient graph in float64, after it was compared with central differences along random directions. */
function differentiated(model: ModelProto, x: FloatTensor, target: readonly number[]): Value64 {
  const gradient = differentiate(model, { of: "y" });
  const oneHot = value64("float32", [2, 4]);
  target.forEach((index, row) => (oneHot.data[row * 4 + index] = 1));
  const point = fromTensor(x);
  const name = gradient.gradients["x"]!;
  const vjp = (at: Value64, cotangent: Value64): Value64 => evaluate(gradient.model, { x: at, [gradient.cotangent]: cotangent }, { outputs: [name] })[name]!;
  const actual = vjp(point, oneHot);
  const largest = Math.max(...actual.data.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  const forward = evaluator(gradient.model, ["x"], { outputs: ["y"] });
  checkVjp({
    name: "a random graph",
    inputs: [point],
    // In units of the largest entry of the gradient, as the tolerance is.
    forward: ([at]) => [scaled(forward({ x: at! })["y"]!, 1 / largest)],
    vjp: ([at], [cotangent]) => [vjp(at!, scaled(cotangent!, 1 / largest))],
    step: 1e-6,
    tolerance: 1e-5,
    fullUpTo: 0,
  });
  return actual;
}

function scaled({ type, dims, data }: Value64, factor: number): Value64 {
  return value64(
    type,
    dims,
    data.map((value) => value * factor),
  );
}

async function runAsItIs(model: ModelProto, x: FloatTensor): Promise<FloatTensor> {
  const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const { y } = await session.run({ x: new ort.Tensor("float32", x.data, x.dims) });
  await session.release();
  return { type: "float32", dims: y!.dims, data: y!.data as Float32Array };
}

function expectClose(actual: FloatTensor, expected: FloatTensor, tolerance: number): void {
  expect(gradientError(actual, { dims: expected.dims, data: Float64Array.from(expected.data) })).toBeLessThan(tolerance);
}
