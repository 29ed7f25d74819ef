import { readFileSync } from "node:fs";
import * as core from "@xdeep/core";
import { type Model, float32 } from "@xdeep/core";
import * as guided from "@xdeep/guided";
import * as smoothing from "@xdeep/smooth";
import { affine, analyticModel, relu, runExample } from "@xdeep/test-models";
import { describe, expect, it } from "vitest";
import * as timesInputModule from "./gradient-times-input.ts";

const { Backprop } = guided;
const { timesInput } = timesInputModule;

const page = new URL("write-a-method.md", import.meta.url);
const first = [
  [1, -2, 0.5],
  [0.3, 1, -1],
  [-1, 0.7, 2],
];
const second = [
  [2, -1, 1],
  [0.5, 1.5, -0.5],
];

/** A ReLU network without biases, whose scores are homogeneous: F(x) = ∇F(x) · x. */
const network = (): Model => analyticModel({ inputs: [{ name: "x", dims: [3] }], layers: [affine(first), relu(), affine(second)] });
const batch = float32([2, 3], [1, 0.5, -2, -1, 0.25, 3]);
const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

describe("timesInput", () => {
  it("adds up to the score of a homogeneous network", async () => {
    const { values, scores, target } = await timesInput(new Backprop(network())).explain(batch, { target: [1, 0] });
    expect(values.dims).toEqual([2, 3]);
    expect(target).toEqual([1, 0]);
    for (const row of [0, 1]) expect(sumOf(values.data.subarray(row * 3, row * 3 + 3))).toBeCloseTo(scores[row]!, 5);
  });

  it("multiplies entry by entry", async () => {
    const gradient = await new Backprop(network()).explain(batch, { target: 1 });
    const product = await timesInput(new Backprop(network())).explain(batch, { target: 1 });
    expect(product.values.data).toEqual(gradient.values.data.map((value, i) => value * batch.data[i]!));
  });

  it("sums rows by their weights", async () => {
    const explainer = timesInput(new Backprop(network()));
    const rows = (await explainer.explain(batch, { target: 0 })).values.data;
    const { values } = await explainer.explain(batch, { target: 0, weights: Float32Array.of(2, -0.5) });
    expect(values.dims).toEqual([1, 3]);
    for (const i of [0, 1, 2]) expect(values.data[i]).toBeCloseTo(2 * rows[i]! - 0.5 * rows[3 + i]!, 5);
  });

  it("takes and returns records", async () => {
    const { values } = await timesInput(new Backprop(network())).explain({ x: batch });
    expect(values["x"]!.dims).toEqual([2, 3]);
  });

  it("refuses what it does not know", async () => {
    const explainer = timesInput(new Backprop(network()));
    await expect(explainer.explain(batch, { wrt: ["layer0"] })).rejects.toMatchObject({ code: "WRT_UNKNOWN" });
    await expect(explainer.explain(batch, { weights: Float32Array.of(1) })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    expect(() => timesInput(network() as never)).toThrow(TypeError);
  });
});

describe("the page", () => {
  it("shows the code that is tested", () => {
    const shown = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(page, "utf8"))?.[1];
    expect(shown).toBe(readFileSync(new URL("gradient-times-input.ts", import.meta.url), "utf8"));
  });

  it("has an example that prints what it says", async () => {
    const modules = { "@xdeep/core": core, "@xdeep/guided": guided, "@xdeep/smooth": smoothing, "./gradient-times-input.ts": timesInputModule };
    expect(await runExample(page, modules, network())).toEqual([[1, 3], "times-input", "smooth"]);
  });
});
