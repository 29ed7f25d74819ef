import { type FloatTensor, type Input, type Model, type Tensor, float32 } from "@xdeep/core";
import { takeRows } from "@xdeep/core/backend";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { conductance } from "@xdeep/layers";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { smooth } from "@xdeep/smooth";
import { createNoise } from "@xdeep/core/method";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../src/load-model.ts";

const [LAYERS, WIDTH, FEATURES] = [1, 4, 3];
const noise = createNoise(7);
const numbers = (dims: readonly number[], source = noise): FloatTensor => float32(dims, Float32Array.from(source.next(dims.reduce((a, b) => a * b, 1))));
const axes = (name: string, axis: number): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "int64", dims: [1], data: BigInt64Array.of(BigInt(axis)) });

/** One step of an LSTM, [N, 3] and the states [1, N, 4], and the scores of three classes. */
function step(batchOfStates: string): Uint8Array {
  const state = (name: string): ReturnType<typeof valueInfoProto> => valueInfoProto(name, "float32", [LAYERS, batchOfStates, WIDTH]);
  const own = createNoise(3);
  const weights = { w: [1, 4 * WIDTH, FEATURES], r: [1, 4 * WIDTH, WIDTH], b: [1, 8 * WIDTH], k: [WIDTH, 3] };
  return writeModel(
    modelProto({
      nodes: [
        nodeProto("Unsqueeze", ["x", "first"], ["sequence"]),
        nodeProto("LSTM", ["sequence", "w", "r", "b", "", "h", "c"], ["", "hN", "cN"], { hidden_size: WIDTH }),
        nodeProto("Squeeze", ["hN", "first"], ["last"]),
        nodeProto("MatMul", ["last", "k"], ["y"]),
      ],
      inputs: [valueInfoProto("x", "float32", ["N", FEATURES]), state("h"), state("c")],
      outputs: [valueInfoProto("y", "float32", ["N", 3]), state("hN"), state("cN")],
      initializers: [...Object.entries(weights).map(([name, dims]) => tensorProto(name, numbers(dims, own))), axes("first", 0)],
    }),
  );
}

const ROWS = 5;
const feeds: Readonly<Record<string, FloatTensor>> = { x: numbers([ROWS, FEATURES]), h: numbers([LAYERS, ROWS, WIDTH]), c: numbers([LAYERS, ROWS, WIDTH]) };
const targets = Array.from({ length: ROWS }, (_, row) => row % 3);
const axisOf = (name: string): number => (["h", "c", "hN", "cN"].includes(name) ? 1 : 0);
const rowOf = (record: Readonly<Record<string, Tensor>>, row: number): Record<string, FloatTensor> =>
  Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, takeRows(tensor as FloatTensor, row, row + 1, axisOf(name))]));
const near = (values: Iterable<number>): unknown[] => [...values].map((value) => expect.closeTo(value, 5) as unknown);

let model: Model;
beforeAll(async () => {
  model = await loadModel(step("N"), { preferredBatch: 2 });
});

describe("a state whose dim goes by the name of the batch", () => {
  it("says along which axis its rows lie, as an input and as an output", () => {
    expect(model.inputs.map(({ batchAxis }) => batchAxis)).toEqual([undefined, 1, 1]);
    expect(model.outputs.map(({ batchAxis }) => batchAxis)).toEqual([undefined, 1, 1]);
  });

  it("has gradients whose rows are those of rows alone, and of differences of scores", async () => {
    const wrt = ["x", "h", "c"];
    const together = await model.vjp({ feeds, target: targets, wrt });
    for (let row = 0; row < ROWS; row++) {
      const own = rowOf(feeds, row);
      const alone = await model.vjp({ feeds: own, target: targets[row]!, wrt });
      for (const kind of ["gradients", "outputs"] as const)
        for (const [name, tensor] of Object.entries(rowOf(together[kind], row)))
          expect([...tensor.data]).toEqual(near(alone[kind][name]!.data as Float32Array));
      const scoreAt = async (shift: number): Promise<number> => {
        const moved = float32(
          own["c"]!.dims,
          own["c"]!.data.map((value, i) => (i === row % WIDTH ? value + shift : value)),
        );
        return (await model.forward({ feeds: { ...own, c: moved }, target: targets[row]! })).scores[0]!;
      };
      const slope = ((await scoreAt(0.01)) - (await scoreAt(-0.01))) / 0.02;
      expect(rowOf(together.gradients, row)["c"]!.data[row % WIDTH]).toBeCloseTo(slope, 3);
    }
  });

  it("is summed along that axis with weights, for one target, several, and sums of entries", async () => {
    const weights = Float32Array.of(1, -2, 0.5, 0, 3);
    const terms = {
      terms: [
        { index: 0, weight: 2 },
        { index: 2, weight: -1 },
      ],
    };
    for (const request of [{ target: targets }, { targets: [targets, 1] }, { target: terms }]) {
      const wrt = ["h"];
      const each = (await model.vjp({ feeds, ...request, wrt })).gradients["h"]!;
      const sum = (await model.vjp({ feeds, ...request, wrt, weights })).gradients["h"]!;
      expect(sum.dims).toEqual([LAYERS, 1, WIDTH]);
      expect([...sum.data]).toEqual(near(sum.data.map((_, i) => weights.reduce((total, weight, row) => total + weight * each.data[row * WIDTH + i]!, 0))));
    }
  });

  it("takes a cotangent with its rows, and refuses one with others", async () => {
    const cotangent = numbers([LAYERS, ROWS, WIDTH]);
    const { gradients } = await model.vjp({ feeds, output: "hN", cotangent });
    const { gradients: alone } = await model.vjp({ feeds: rowOf(feeds, 3), output: "hN", cotangent: takeRows(cotangent, 3, 4, 1) });
    expect([...rowOf(gradients, 3)["x"]!.data]).toEqual(near(alone["x"]!.data));
    await expect(model.vjp({ feeds, output: "hN", cotangent: numbers([LAYERS, 4, WIDTH]) })).rejects.toMatchObject({ code: "INPUT_SHAPE" });
  });

  it("goes with its row through methods of many points, nested ones, and chunks of rows", async () => {
    const base = new Backprop(model);
    const methods = [
      base,
      integrated(base, { n: 5 }),
      smooth(base, { n: 3, seed: 1 }),
      smooth(integrated(base, { n: 3 }), { n: 2, seed: 1 }),
      conductance(model, { layer: "last", n: 4 }),
    ];
    for (const method of methods) {
      const { values } = await method.explain(feeds as Input, { target: targets });
      for (const row of [0, 3]) {
        const alone = await method.explain(rowOf(feeds, row) as Input, { target: targets[row]! });
        for (const [name, tensor] of Object.entries(values as Record<string, FloatTensor>))
          expect([...takeRows(tensor, row, row + 1, axisOf(name)).data]).toEqual(near((alone.values as Record<string, FloatTensor>)[name]!.data));
      }
    }
    const { values } = await base.explain(feeds as Input, { target: targets, wrt: ["h"] });
    expect([...(values as Record<string, FloatTensor>)["h"]!.data]).toEqual(
      near((await model.vjp({ feeds, target: targets, wrt: ["h"] })).gradients["h"]!.data),
    );
  });

  it("of one row is that of all, and of another number is refused", async () => {
    const lone = { ...feeds, h: takeRows(feeds["h"]!, 0, 1, 1), c: takeRows(feeds["c"]!, 0, 1, 1) };
    const { scores } = await integrated(new Backprop(model), { n: 3 }).explain(lone as Input, { target: targets });
    const alone = await model.forward({ feeds: { ...lone, x: takeRows(feeds["x"]!, 4, 5) }, target: targets[4]! });
    expect(scores[4]).toBeCloseTo(alone.scores[0]!, 5);
    await expect(model.forward({ feeds: { ...feeds, h: numbers([LAYERS, 3, WIDTH]) }, target: 0 })).rejects.toMatchObject({ code: "BATCH_INVALID" });
  });

  it("is not moved by methods of many points", async () => {
    await expect(smooth(new Backprop(model)).explain(feeds as Input, { target: 0, wrt: ["h"] })).rejects.toThrow(/its rows lie along axis 1/);
  });
});

describe("a state whose dim has another name", () => {
  it("is refused beside other rows of it before the engine runs, in words that say what works", async () => {
    await using unknown = await loadModel(step("M"), { preferredBatch: 2 });
    expect(unknown.inputs.map(({ batchAxis }) => batchAxis)).toEqual([undefined, undefined, undefined]);
    const method = integrated(new Backprop(unknown), { n: 3 });
    await expect(method.explain(feeds as Input, { target: targets, wrt: ["x"] })).rejects.toMatchObject({
      code: "BATCH_INVALID",
      message: expect.stringContaining("Explain one row at a time") as string,
    });
    const alone = await method.explain(rowOf(feeds, 2) as Input, { target: targets[2]!, wrt: ["x"] });
    const known = await integrated(new Backprop(model), { n: 3 }).explain(rowOf(feeds, 2) as Input, { target: targets[2]! });
    expect((alone.values as Record<string, FloatTensor>)["x"]).toEqual((known.values as Record<string, FloatTensor>)["x"]);
  });

  it("is known where it is named so at load", async () => {
    await using named = await loadModel(step("M"), { inputDims: { h: [LAYERS, "N", WIDTH], c: [LAYERS, "N", WIDTH] } });
    expect(named.inputs.map(({ batchAxis }) => batchAxis)).toEqual([undefined, 1, 1]);
  });
});
