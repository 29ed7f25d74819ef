import type { Attribution, Explainer, Model } from "@xdeep/core";
import { tensorFromImages } from "@xdeep/image";
import { type LoadModelOptions, loadModel } from "@xdeep/onnxruntime";
import { SCENE_SIZE, type Scene, drawScene } from "../scenes/scene.ts";

/** Training and its validation took seeds below: from here on the network has seen none of the pictures. */
const FIRST_HELD_OUT_SEED = 2_000_000;

/** Pictures that the network has never seen, the classes in turn. */
export function heldOutScenes(count: number): Scene[] {
  return Array.from({ length: count }, (_, index) => drawScene(FIRST_HELD_OUT_SEED + index));
}

/** The network that comes with the demo. It is too small to gain from a second thread. */
export function loadShapes(options: Partial<Pick<LoadModelOptions, "weights">> = {}): Promise<Model> {
  return loadModel(new URL("../../model/shapes.onnx", import.meta.url), { ...options, intraOpNumThreads: 1 });
}

/** Explains the class that the network itself finds most likely, all pictures in one batch. `onProgress` hears the share that is done, 0 to 1. */
export function explainScenes(explainer: Explainer, scenes: readonly Scene[], onProgress?: (done: number) => void): Promise<Attribution> {
  const input = tensorFromImages(
    scenes.map(({ image }) => image),
    { preset: "unit", size: SCENE_SIZE },
  );
  return explainer.explain(input, { onProgress: ({ done, total }) => onProgress?.(done / total) });
}

/** Probability of each picture's most likely class: the softmax of the network's outputs. */
export async function topProbabilities(model: Model, scenes: readonly Scene[]): Promise<number[]> {
  const image = tensorFromImages(
    scenes.map(({ image }) => image),
    { preset: "unit", size: SCENE_SIZE },
  );
  const { outputs } = await model.forward({ feeds: { image } });
  const logits = outputs.logits!.data as Float32Array;
  const classes = logits.length / scenes.length;
  return scenes.map((_, row) => {
    const scores = [...logits.subarray(row * classes, (row + 1) * classes)];
    const largest = Math.max(...scores);
    return 1 / scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
  });
}
