import { beforeAll, describe, expect, it } from "vitest";
import { heldOutScenes, loadShapes } from "./explain-scenes.ts";
import { mean } from "./object-share.ts";
import { type Study, runStudy } from "./study.ts";

let study: Study;
const progress: number[] = [];

beforeAll(async () => {
  await using model = await loadShapes();
  study = await runStudy(model, heldOutScenes(24), { paired: 4, measured: 1, onProgress: (done) => progress.push(done) });
}, 240_000);

/** Mean share of the attribution on the object, as a multiple of the object's mean area. */
const timesArea = ({ areas }: Study, { shares }: Study["results"][number]): number => mean(shares) / mean(areas);

const resultOf = (name: string): Study["results"][number] => study.results.find(({ method }) => method.name === name)!;

describe("runStudy", () => {
  it("explains what the pictures show, and the network is sure of it", () => {
    expect(study.classNames).toEqual(study.scenes.map(({ className }) => className));
    expect(mean(study.probabilities)).toBeGreaterThan(0.9);
    expect(Math.max(...study.probabilities)).toBeLessThanOrEqual(1);
  });

  // The same weights, pictures and masks in PyTorch 1.13 (train/attribution_share.py; deconvnet with the backward pass of its ReLU replaced).
  it.each([
    ["vanilla", 0.4825],
    ["guided", 0.8103],
    ["deconvnet", 0.2846],
    ["integrated", 0.5309],
  ])("finds as much of %s on the object as PyTorch", (name, expected) => {
    expect(mean(study.areas)).toBeCloseTo(0.2028, 4);
    expect(Math.abs(mean(resultOf(name).shares) - expected)).toBeLessThan(0.001);
  });

  it.each([["guided"], ["smooth guided"], ["integrated guided"]])("finds %s on the object more than three times as much as its area", (name) => {
    expect(timesArea(study, resultOf(name))).toBeGreaterThan(3);
    expect(Math.min(...resultOf(name).shares)).toBeGreaterThan(0.5);
  });

  it.each([["vanilla"], ["integrated"], ["smooth"]])("finds %s on the object more than twice as much as its area", (name) => {
    expect(timesArea(study, resultOf(name))).toBeGreaterThan(2);
  });

  // DeconvNet ignores which units were active, so that most of it lies where nothing is: that is what the method does, in PyTorch too.
  it("finds deconvnet on the object hardly more than its area", () => {
    expect(timesArea(study, resultOf("deconvnet"))).toBeGreaterThan(1.2);
    expect(timesArea(study, resultOf("deconvnet"))).toBeLessThan(2);
  });

  it("finds Grad-CAM in the half of the object that is asked for, and guided backpropagation in both", () => {
    expect(resultOf("grad-cam").measures.half).toBeGreaterThan(0.8);
    expect(Math.abs(resultOf("guided").measures.half - 0.5)).toBeLessThan(0.2);
    expect(resultOf("grad-cam").measures.deletion).toBeLessThan(resultOf("guided").measures.deletion);
  });

  it("tells how far it is", () => {
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress[0]).toBeGreaterThan(0);
    expect(progress.at(-1)).toBeCloseTo(1, 12);
  });
});
