import { type Attribution, type Explainer, type FloatTensor, type Input, type Model, isTensor } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { smooth } from "@xdeep/smooth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "@xdeep/onnxruntime";
import { GoldenCase, goldenNames, relativeError } from "./golden-case.ts";

/** `norms` divides by small deviations: its paths and noise are known to 1e-4 in float32. */
const LOOSE: Readonly<Record<string, number>> = { norms: 1e-4 };

describe.each(goldenNames())("%s", (name) => {
  const golden = new GoldenCase(name);
  const pathTolerance = LOOSE[name] ?? 1e-5;
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(golden.model());
  });
  afterAll(() => model.dispose());

  const rows = (count: number): Promise<unknown>[] => [
    check("grad", new Backprop(model), count, 1e-5),
    check("guided", new Backprop(model, { guided: true, rectifiers: ["Relu"] }), count, 1e-5),
    check("deconv", new Backprop(model, { rule: "deconvnet", rectifiers: ["Relu"] }), count, 1e-5),
    ...(golden.hasRelu6 ? [check("guided6", new Backprop(model, { guided: true }), count, 1e-5)] : []),
    check("igavg25", integrated(new Backprop(model), { n: 25, quadrature: "right", multiplyByInputs: false }), count, pathTolerance),
    check("ig25", integrated(new Backprop(model), { n: 25, quadrature: "right" }), count, pathTolerance, "ig25_delta"),
    check("ig50gl", integrated(new Backprop(model), { n: 50, quadrature: "gausslegendre" }), count, pathTolerance, "ig50gl_delta"),
    check("smooth", smooth(new Backprop(model), { noise: golden.noise() }), count, pathTolerance),
  ];

  it("agrees in every row of a batch", async () => {
    await Promise.all(rows(3));
  });

  it("agrees in a row alone", async () => {
    await Promise.all(rows(1));
  });

  async function check(kind: string, explainer: Explainer, count: number, tolerance: number, delta?: string): Promise<void> {
    const attribution: Attribution<Input> = await explainer.explain(golden.input(count), { target: golden.target(count), score: "probability" });
    for (const [i, expected] of golden.perInput(kind, count).entries()) {
      const actual = valuesOf(attribution, golden.inputNames[i]!);
      expect(actual.dims).toEqual(expected.dims);
      expect(relativeError(actual.data, expected.data), `${kind}_${i}`).toBeLessThan(tolerance);
    }
    if (delta === undefined) return;
    const difference = golden.array("score_diff").data.subarray(0, count);
    const expected = golden.array(delta).data.subarray(0, count);
    attribution.convergenceDelta!.forEach((value, row) => expect(Math.abs(value - expected[row]!) / Math.abs(difference[row]!), delta).toBeLessThan(1e-4));
  }
});

function valuesOf({ values }: Attribution<Input>, name: string): FloatTensor {
  return isTensor(values) ? (values as FloatTensor) : (values as Record<string, FloatTensor>)[name]!;
}
