import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { type Scene, SCENE_SIZE, drawScene } from "./scenes/scene.ts";
import { CLASS_NAMES } from "./scenes/shapes.ts";

const file = fileURLToPath(new URL("../model/shapes.onnx", import.meta.url));
const labels = new URL("../model/labels.json", import.meta.url);

/** The pictures as the network takes them: [N, 3, height, width], values 0 to 1. */
function toTensor(scenes: readonly Scene[]): Tensor {
  const pixels = SCENE_SIZE * SCENE_SIZE;
  const data = new Float32Array(scenes.length * 3 * pixels);
  for (const [row, { image }] of scenes.entries()) {
    for (const [at, value] of image.data.entries()) data[(row * 3 + (at % 3)) * pixels + Math.floor(at / 3)] = value / 255;
  }
  return new Tensor("float32", data, [scenes.length, 3, SCENE_SIZE, SCENE_SIZE]);
}

describe("the demo network", () => {
  it("is smaller than 400 KB", () => {
    expect(statSync(file).size).toBeLessThan(400_000);
  });

  it("has the classes that are drawn", () => {
    expect(JSON.parse(readFileSync(labels, "utf8"))).toEqual(CLASS_NAMES);
  });

  it("knows at least 97 % of pictures it was not trained on", async () => {
    const scenes = Array.from({ length: 320 }, (_, index) => drawScene(2_000_000 + index));
    const session = await InferenceSession.create(file);
    const { logits } = await session.run({ image: toTensor(scenes) });
    const values = logits?.data as Float32Array;
    const missed = scenes.filter(({ label }, row) => {
      const scores = [...values.subarray(row * CLASS_NAMES.length, (row + 1) * CLASS_NAMES.length)];
      return scores.indexOf(Math.max(...scores)) !== label;
    });
    await session.release();
    expect(logits?.dims).toEqual([scenes.length, CLASS_NAMES.length]);
    expect(missed.length).toBeLessThanOrEqual(0.03 * scenes.length);
  });
});
