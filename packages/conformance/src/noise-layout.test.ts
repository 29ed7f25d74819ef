import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { smooth } from "@xdeep/smooth";
import { expect, it } from "vitest";
import { fixtures, referenceModel, relayout } from "./index.ts";

it("gives pictures the same noise at the same pixel, channels first or last", async () => {
  const first = referenceModel(fixtures().find(({ id }) => id === "cnn")!);
  const last = relayout(first, { from: "NCHW", to: "NHWC" });
  const [, channels, height, width] = first.inputs[0]!.dims as [null, number, number, number];
  const size = channels * height * width;
  const position = (i: number): number => (i % channels) * height * width + Math.floor(i / channels);
  const x = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  const turned = Float32Array.from({ length: size }, (_, i) => x[position(i)]!);
  const options = { n: 3, seed: 5 };
  const expected = await smooth(new Backprop(first), options).explain(float32([1, channels, height, width], x), { target: 0 });
  const actual = await smooth(new Backprop(last), options).explain(float32([1, height, width, channels], turned), { target: 0 });
  const largest = Math.max(...expected.values.data.map(Math.abs));
  actual.values.data.forEach((value, i) => expect(Math.abs(value - expected.values.data[position(i)]!)).toBeLessThan(1e-6 * largest));
});
