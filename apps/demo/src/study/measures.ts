import type { Model } from "@xdeep/core";
import { tensorFromImages } from "@xdeep/image";
import { deletion, evaluate, mprt, randomizedModels } from "@xdeep/metrics";
import { loadShapes } from "./explain-scenes.ts";
import { METHODS } from "./methods.ts";
import { SCENE_SIZE, type Scene } from "../scenes/scene.ts";

/** Measures of a method, means over pictures. */
export interface Measures {
  /** Share of the positive attribution in the half of the object that is asked for, 0 to 1; 0.5 for a blind guess. */
  readonly half: number;
  /** Mean score while the highest pixels are blurred, by the score of the whole picture: the lower, the more they mattered. */
  readonly deletion: number;
  /** Rank correlation with the same network after all its weights were permuted: 1 for a method that does not look at the weights. */
  readonly randomized: number;
}

/** Points of the deletion curve. */
const STEPS = 16;

/** Measures every method of METHODS, in its order. */
export async function measureMethods(model: Model, scenes: readonly Scene[]): Promise<readonly Omit<Measures, "half">[]> {
  const methods = Object.fromEntries(METHODS.map(({ name, over }) => [name, over]));
  const image = tensorFromImages(
    scenes.map((scene) => scene.image),
    { preset: "unit", size: SCENE_SIZE },
  );
  await using random = randomizedModels((weights) => loadShapes({ weights }), { stages: 1 });
  const metrics = { deletion: deletion({ baseline: "blur", steps: STEPS, normalize: true }), randomized: mprt(random, { absolute: true }) };
  const alone = await evaluate(methods, image, metrics, { model });
  const meanOf = (table: typeof alone, metric: string, name: string): number => table.results[metric]![name]!.mean!;
  return METHODS.map(({ name }) => ({
    deletion: meanOf(alone, "deletion", name),
    randomized: meanOf(alone, "randomized", name),
  }));
}
