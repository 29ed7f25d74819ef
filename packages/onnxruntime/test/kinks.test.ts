import { type FloatTensor, type Model, float32, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { expect, it } from "vitest";

import { loadModel } from "../src/index.ts";

const SIDE = 8;
const CHANNELS = 3;

function drawn(seed: number, dims: readonly number[]): FloatTensor {
  return float32(dims, Float32Array.from(createNoise(seed).next(sizeOf(dims))));
}

const first = drawn(1, [4, CHANNELS, 3, 3]);
const NETWORK = writeModel(
  modelProto({
    nodes: [
      nodeProto("Conv", ["image", "first"], ["before"], { kernel_shape: [3, 3] }),
      nodeProto("Relu", ["before"], ["after"]),
      nodeProto("Flatten", ["after"], ["flat"]),
      nodeProto("MatMul", ["flat", "dense"], ["logits"]),
    ],
    inputs: [valueInfoProto("image", "float32", ["N", CHANNELS, SIDE, SIDE])],
    outputs: [valueInfoProto("logits", "float32", ["N", 2])],
    initializers: [tensorProto("first", first), tensorProto("dense", drawn(2, [4 * 36, 2]))],
    opset: 17,
  }),
);

/** A picture at which one rectifier, at the upper left of a channel, is fed zero but for what a float rounds off. */
function atKink(picture: FloatTensor, channel: number): FloatTensor {
  const weights = first.data.subarray(channel * 27, (channel + 1) * 27);
  const placeOf = (n: number): number => Math.floor(n / 9) * SIDE * SIDE + Math.floor((n % 9) / 3) * SIDE + (n % 3);
  const fed = weights.reduce((sum, weight, n) => sum + weight * picture.data[placeOf(n)]!, 0);
  const size = weights.reduce((sum, weight) => sum + weight * weight, 0);
  const moved = picture.data.slice();
  for (const [n, weight] of weights.entries()) moved[placeOf(n)]! -= (fed * weight) / size;
  return float32(picture.dims, moved);
}

async function run(model: Model, image: FloatTensor): Promise<{ readonly gradient: FloatTensor; readonly before: FloatTensor }> {
  const { gradients, outputs } = await model.vjp({ feeds: { image }, target: 0, outputs: ["before"] });
  return { gradient: gradients["image"]!, before: outputs["before"] as FloatTensor };
}

/** The largest difference by the largest value. */
function apart(a: FloatTensor, b: FloatTensor): number {
  const largest = a.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.data.reduce((most, value, at) => Math.max(most, Math.abs(value - b.data[at]!)), 0) / largest;
}

it("gradients of two engines are apart only where a rectifier is fed zero, so near that they round to other sides of it", async () => {
  const [native, web] = [await loadModel(NETWORK), await loadModel(NETWORK, { engine: "onnxruntime-web" })];
  let atKinks = 0;
  for (let seed = 0; seed < 40; seed++) {
    const image = atKink(drawn(10 + seed, [1, CHANNELS, SIDE, SIDE]), seed % 4);
    const [a, b] = [await run(native, image), await run(web, image)];
    expect(apart(a.before, b.before)).toBeLessThan(1e-6);
    const crossed = a.before.data.filter((value, at) => value > 0 !== b.before.data[at]! > 0).length;
    if (crossed === 0) expect(apart(a.gradient, b.gradient)).toBeLessThan(1e-6);
    else expect(apart(a.gradient, b.gradient)).toBeGreaterThan(1e-3);
    atKinks += crossed;
  }
  expect(atKinks).toBeGreaterThan(0);
  await native.dispose();
  await web.dispose();
});
