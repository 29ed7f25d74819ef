import type { Attribution, Model } from "@xdeep/core";
import { explainScenes, topProbabilities } from "./explain-scenes.ts";
import { type DemoMethod, METHODS } from "./methods.ts";
import { type Measures, measureMethods } from "./measures.ts";
import { type Mosaic, halfShare, loadWideShapes, mosaicTensor, mosaicsOf } from "../scenes/mosaic.ts";
import { mean, objectArea, objectShares } from "./object-share.ts";
import type { Scene } from "../scenes/scene.ts";
import { CLASS_NAMES } from "../scenes/shapes.ts";

/** What one method says about all pictures. */
export interface MethodResult {
  readonly method: DemoMethod;
  readonly attribution: Attribution;
  /** Per picture, the share of the attribution on the object, 0 to 1. */
  readonly shares: readonly number[];
  /** For all pictures together. */
  readonly milliseconds: number;
  /** Two objects, one target. */
  readonly beside: Attribution;
  readonly measures: Measures;
}

/** What all methods say about the same pictures. Lists by picture have the order of `scenes`. */
export interface Study {
  readonly scenes: readonly Scene[];
  /** Share of the picture that the object covers, 0 to 1. */
  readonly areas: readonly number[];
  /** What the network takes the picture for, and how sure it is, 0 to 1. */
  readonly classNames: readonly string[];
  readonly probabilities: readonly number[];
  readonly mosaics: readonly Mosaic[];
  readonly results: readonly MethodResult[];
}

export interface StudyOptions {
  /** Pictures that are paired to mosaics. Default: all. */
  readonly paired?: number;
  /** Pictures that measures are taken of, which need many runs each. Default 4. */
  readonly measured?: number;
  /** Hears how many of all gradients are done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Explains every picture with every method. */
export async function runStudy(model: Model, scenes: readonly Scene[], { paired, measured = 4, onProgress }: StudyOptions = {}): Promise<Study> {
  const all = METHODS.reduce((sum, { gradients }) => sum + gradients, 0);
  const mosaics = mosaicsOf(scenes.slice(0, paired));
  await using wide = await loadWideShapes();
  const input = mosaicTensor(mosaics);
  const targets = mosaics.map(({ asked }) => asked.label);
  const measures = await measureMethods(model, scenes.slice(0, measured));
  const results: MethodResult[] = [];
  let before = 0;
  for (const [n, method] of METHODS.entries()) {
    const started = performance.now();
    const attribution = await explainScenes(method.over(model), scenes, (done) => onProgress?.((before + done * method.gradients) / all));
    before += method.gradients;
    const milliseconds = performance.now() - started;
    const beside = await method.over(wide).explain(input, { target: targets });
    const half = mean(mosaics.map((_, row) => halfShare(beside.values, mosaics, row)));
    results.push({ method, attribution, shares: objectShares(attribution.values, scenes), milliseconds, beside, measures: { ...measures[n]!, half } });
  }
  return {
    scenes,
    areas: scenes.map(objectArea),
    classNames: results[0]!.attribution.target.map((target) => CLASS_NAMES[target as number]!),
    probabilities: await topProbabilities(model, scenes),
    mosaics,
    results,
  };
}
