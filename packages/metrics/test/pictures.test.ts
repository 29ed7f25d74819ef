import { type Attribution, type Layout, type Tensor, float32 } from "@xdeep/core";
import { resizePlane } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { type AnalyticModel, affine, analyticModel, softplus } from "@xdeep/test-models";
import { describe, expect, it } from "vitest";

import { complexity, completeness, deletion, infidelity, insertion, measure, pixelFlipping, pointingGame, sparseness } from "../src/index.ts";
import { numbers, stored } from "./stored.ts";

const [C, H, WIDTH] = [2, 4, 6];
const SIZE = C * H * WIDTH;
const weights = Array.from({ length: 3 }, (_, k) => [...numbers(10 + k, SIZE)]);
/** Where an entry of [C, H, W] lies in [H, W, C]. */
const lastOf = (i: number): number => (i % (H * WIDTH)) * C + Math.floor(i / (H * WIDTH));
const turned = (values: ArrayLike<number>): Float32Array => {
  const data = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) data[lastOf(i)] = values[i]!;
  return data;
};

function pictureModel(layout: Layout): AnalyticModel {
  const dims = layout === "NHWC" ? [H, WIDTH, C] : [C, H, WIDTH];
  const rows = layout === "NHWC" ? weights.map((row) => [...turned(row)]) : weights;
  return analyticModel({
    inputs: [{ name: "image", dims, layout }],
    layers: [
      affine(rows),
      softplus(),
      affine([
        [1, -1, 2],
        [0, 1, 1],
      ]),
    ],
  });
}

const picture = numbers(5, SIZE);
const first: Tensor = float32([1, C, H, WIDTH], picture);
const last: Tensor = float32([1, H, WIDTH, C], turned(picture));

describe("pictures", () => {
  it("measure the same whichever way their axes run", async () => {
    const metrics = {
      zero: deletion(),
      mean: deletion({ baseline: "mean", steps: 7 }),
      blur: insertion({ baseline: "blur" }),
      entries: deletion({ features: "entry" }),
      patches: pixelFlipping({ patch: 2 }),
      shape: sparseness({ features: "position" }),
      mask: pointingGame({ blur: 1 }),
    };
    const mask = float32(
      [H, WIDTH],
      Array.from({ length: H * WIDTH }, (_, i) => Number(i % 5 === 1)),
    );
    const found = await Promise.all(
      ([first, last] as const).map((input, k) => measure({ input, target: 0, mask, method: new Backprop(pictureModel(k === 0 ? "NCHW" : "NHWC")) }, metrics)),
    );
    // Single entries rank by their place where they are equal, and none are here.
    for (const name of Object.keys(metrics) as (keyof typeof metrics)[]) expect(found[1]![name].values[0], name).toBeCloseTo(found[0]![name].values[0]!, 5);
  });

  it("lose whole pixels: the score after the first removal is that of the picture without its most important pixel", async () => {
    const model = pictureModel("NCHW");
    const attribution = await new Backprop(model).explain(first, { target: 0 });
    const { zero } = await measure({ input: first, attribution, model }, { zero: deletion() });
    const sums = Array.from({ length: H * WIDTH }, (_, i) => attribution.values.data[i]! + attribution.values.data[i + H * WIDTH]!);
    const best = sums.indexOf(Math.max(...sums));
    const without = picture.map((value, i) => (i % (H * WIDTH) === best ? 0 : value));
    const { scores } = await model.forward({ feeds: { image: float32([1, C, H, WIDTH], without) }, target: 0 });
    const { x, y } = zero.curves![0]!;
    expect(x).toHaveLength(H * WIDTH + 1);
    expect([x[0], x[1], x.at(-1)]).toEqual([0, 1 / (H * WIDTH), 1]);
    expect(y[1]).toBeCloseTo(scores[0]!, 5);
    expect(y[0]).toBeCloseTo(attribution.scores[0]!, 5);
  });

  it("are flipped patch by patch, cut off at the edge", async () => {
    const subject = { input: first, target: 0, method: new Backprop(pictureModel("NCHW")) };
    const found = await measure(subject, { four: pixelFlipping({ patch: 4 }), one: pixelFlipping({ patch: 1, flips: 5 }), whole: pixelFlipping({ patch: 9 }) });
    expect(found.four.curves![0]!.x).toEqual([0, 0.5, 1]);
    expect(found.one.curves![0]!.x).toHaveLength(6);
    expect(found.whole.curves![0]!.x).toEqual([0, 1]);
  });

  it("on the unit scale begin at 1 and end at 0, also where a curve ends before all is gone", async () => {
    const subject = { input: first, target: 0, method: new Backprop(pictureModel("NCHW")) };
    const found = await measure(subject, {
      deletion: deletion({ normalize: true }),
      insertion: insertion({ normalize: true }),
      flipping: pixelFlipping({ patch: 1, flips: 5, normalize: true }),
    });
    const [gone, returned, flipped] = [found.deletion, found.insertion, found.flipping].map(({ curves }) => curves![0]!.y);
    expect([gone![0], gone!.at(-1)]).toEqual([1, 0]);
    expect([returned![0], returned!.at(-1)]).toEqual([0, 1]);
    for (const k of [0, 1, 5]) expect(flipped![k]).toBeCloseTo(found.deletion.curves![0]!.y[k]!, 10);
  });
});

describe("a layer's map", () => {
  const small = Float32Array.of(3, -1, 0.5, 2, 1, 0);
  const map = stored(float32([1, 1, 2, 3], small), { layer: "h", method: "grad-cam" });
  const enlarged = resizePlane(small, [2, 3], [H, WIDTH]);

  it("is enlarged to the picture and ranks whole pixels", async () => {
    const model = pictureModel("NCHW");
    const asPicture: Attribution = stored(
      float32(
        [1, C, H, WIDTH],
        Array.from({ length: SIZE }, (_, i) => enlarged[i % (H * WIDTH)]! / C),
      ),
      { method: "grad-cam" },
    );
    const metrics = { deletion: deletion(), infidelity: infidelity({ samples: 5 }), completeness: completeness(), shape: complexity({ features: "position" }) };
    const [found, expected] = await Promise.all([map, asPicture].map((attribution) => measure({ input: first, attribution, model }, metrics)));
    expect(found!.deletion.curves![0]).toEqual(expected!.deletion.curves![0]);
    expect(found!.infidelity.values[0]! / expected!.infidelity.values[0]!).toBeCloseTo(1, 5);
    expect(found!.shape.values[0]).toBeCloseTo(expected!.shape.values[0]!, 5);
  });

  it("is as large as it is where its entries are counted", async () => {
    const { shape } = await measure({ attribution: map }, { shape: complexity() });
    const sizes = Array.from(small, Math.abs);
    const total = sizes.reduce((sum, value) => sum + value, 0);
    expect(shape.values[0]).toBeCloseTo(-sizes.filter((size) => size > 0).reduce((sum, size) => sum + (size / total) * Math.log(size / total), 0), 6);
  });

  it("asks for masks of the picture's size", async () => {
    const model = pictureModel("NCHW");
    const subject = { input: first, attribution: map, model };
    await expect(measure({ ...subject, mask: float32([2, 3], [1, 1, 1, 1, 1, 1]) }, { a: pointingGame() })).rejects.toMatchObject({
      code: "INPUT_SHAPE",
      message: expect.stringContaining("[1, 4, 6]"),
    });
    expect(
      (
        await measure(
          {
            ...subject,
            mask: float32(
              [H, WIDTH],
              Array.from({ length: 24 }, (_, i) => Number(i === 0)),
            ),
          },
          { a: pointingGame() },
        )
      ).a.values,
    ).toEqual([1]);
  });
});

describe("values inside the network", () => {
  it("are removed where they are fed: a layer's own attribution is measured there", async () => {
    const model = pictureModel("NCHW");
    const attribution = await new Backprop(model).explain(first, { target: 0, wrt: ["layer1"] });
    const { found } = await measure({ input: first, attribution, model }, { found: deletion() });
    const { outputs } = await model.forward({ feeds: { image: first }, outputs: ["layer1"] });
    const [a, b, c] = outputs["layer1"]!.data as Float32Array;
    // y₀ = h₀ − h₁ + 2 h₂: the gradient removes h₂ first, then h₀, then h₁.
    for (const [k, score] of [a! - b! + 2 * c!, a! - b!, -b!, 0].entries()) expect(found.curves![0]!.y[k]).toBeCloseTo(score, 5);
  });
});
