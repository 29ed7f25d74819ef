import type { Model } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { GoldenCase, goldenNames } from "./golden-case.ts";

/** More than 200. */
const NEVER = 201;
/** The fewest midpoints from which on none miss 1 % of F(x) − F(x′), per row, for its own largest class from a baseline of 0: found once, by taking all of them. */
const MIDPOINTS: Readonly<Record<string, readonly number[]>> = {
  activations: [NEVER, NEVER, NEVER],
  conv_misc: [18, 32, 25],
  densenet: [NEVER, NEVER, NEVER],
  googlenet: [NEVER, 196, 100],
  lstm_text: [8, 6, 5],
  mlp_softmax: [188, 132, NEVER],
  mlp_tabular: [39, 200, 92],
  mobilenet_v2: [200, NEVER, NEVER],
  norms: [NEVER, NEVER, NEVER],
  ops_elementwise: [NEVER, NEVER, NEVER],
  ops_reduce: [12, 13, 11],
  resnet_basic_bn: [NEVER, NEVER, NEVER],
  resnet_bottleneck: [NEVER, NEVER, NEVER],
  squeezenet: [116, 200, 28],
  transformer_text: [8, 13, 8],
  two_input: [20, 6, 8],
  unet: [NEVER, NEVER, 200],
  vit: [7, 72, 12],
};
/** Rows that take more: what they take. Nobody who takes midpoints knows at 5 that they will stay within 1 %. */
const MORE: Readonly<Record<string, number>> = { "conv_misc 0": 19, "lstm_text 2": 7 };
/** Networks that round or compare: their scores jump, and no number of gradients adds up to them. */
const JUMPING: readonly string[] = ["activations", "ops_elementwise"];

it("knows the midpoints of every network", () => {
  expect(Object.keys(MIDPOINTS)).toEqual(goldenNames());
});

describe.each(goldenNames())("%s", (name) => {
  const golden = new GoldenCase(name);
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(golden.model());
  });
  afterAll(() => model.dispose());

  it("takes no more gradients for 1 % than midpoints do", async () => {
    const { convergenceDelta, provenance } = await integrated(new Backprop(model)).explain(golden.input(3));
    const { steps, converged, expectedError } = provenance.method.parameters as Readonly<Record<string, readonly (number | boolean)[]>>;
    for (const [row, midpoints] of MIDPOINTS[name]!.entries()) expect(steps![row], `row ${row}`).toBeLessThanOrEqual(MORE[`${name} ${row}`] ?? midpoints);
    expect(converged).toEqual(MIDPOINTS[name]!.map(() => !JUMPING.includes(name)));
    for (const share of expectedError!) expect(share).toBeLessThanOrEqual(0.06);
    expect(convergenceDelta).toHaveLength(3);
  });
});
