import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Dim, ModelProto } from "@xdeep/onnx";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import sharp from "sharp";

function constant(name: string, dims: readonly number[], values: readonly number[]): ReturnType<typeof tensorProto> {
  return tensorProto(name, { type: "float32", dims, data: Float32Array.from(values) });
}

/** Weights [class][channel] of `pictureModel`: its logits are Σ weight · mean of the channel. */
export const PICTURE_WEIGHTS = [
  [4, -2, 1],
  [-1, 3, 0],
  [0.5, 0.5, -4],
] as const;

/** logits = W · mean over pixels of relu(picture), then a Softmax. Its gradients are known: W / (8 · 8) where a pixel is above 0. */
export function pictureModel(): ModelProto {
  return modelProto({
    nodes: [
      nodeProto("Relu", ["picture"], ["rectified"]),
      nodeProto("GlobalAveragePool", ["rectified"], ["pooled"]),
      nodeProto("Flatten", ["pooled"], ["means"]),
      nodeProto("Gemm", ["means", "weights"], ["logits"], { transB: 1 }),
      nodeProto("Softmax", ["logits"], ["probabilities"], { axis: 1 }),
    ],
    inputs: [valueInfoProto("picture", "float32", ["N", 3, 8, 8])],
    outputs: [valueInfoProto("probabilities", "float32", ["N", 3])],
    initializers: [constant("weights", [3, 3], PICTURE_WEIGHTS.flat())],
  });
}

/** Weights [class][feature] of `tableModel`. */
export const TABLE_WEIGHTS = [
  [1, 0, -2, 0.5],
  [0, 3, 0, -1],
] as const;

/** scores = W · x, without any activation. */
export function tableModel(): ModelProto {
  return modelProto({
    nodes: [nodeProto("Gemm", ["x", "weights"], ["scores"], { transB: 1 })],
    inputs: [valueInfoProto("x", "float32", ["N", 4])],
    outputs: [valueInfoProto("scores", "float32", ["N", 2])],
    initializers: [constant("weights", [2, 4], TABLE_WEIGHTS.flat())],
  });
}

/** activation(W · x): what the entries of an output can be. */
export function activatedModel(activation: "Softmax" | "LogSoftmax" | "Sigmoid" | "Identity"): ModelProto {
  return modelProto({
    nodes: [nodeProto("Gemm", ["x", "weights"], ["logits"], { transB: 1 }), nodeProto(activation, ["logits"], ["y"])],
    inputs: [valueInfoProto("x", "float32", ["N", 4])],
    outputs: [valueInfoProto("y", "float32", ["N", 2])],
    initializers: [constant("weights", [2, 4], TABLE_WEIGHTS.flat())],
  });
}

/** scores = W · (x ⊙ gate): two float inputs. */
export function gatedModel(): ModelProto {
  return modelProto({
    nodes: [nodeProto("Mul", ["x", "gate"], ["gated"]), nodeProto("Gemm", ["gated", "weights"], ["scores"], { transB: 1 })],
    inputs: [valueInfoProto("x", "float32", ["N", 4]), valueInfoProto("gate", "float32", ["N", 4])],
    outputs: [valueInfoProto("scores", "float32", ["N", 2])],
    initializers: [constant("weights", [2, 4], TABLE_WEIGHTS.flat())],
  });
}

/** Tokens [N, 2] of a vocabulary of 3 → embeddings [N, 2, 2] → flattened, W · x: no float input. */
export function tokenModel(): ModelProto {
  return modelProto({
    nodes: [
      nodeProto("Gather", ["table", "tokens"], ["embedded"]),
      nodeProto("Flatten", ["embedded"], ["flat"]),
      nodeProto("Gemm", ["flat", "weights"], ["scores"], { transB: 1 }),
    ],
    inputs: [valueInfoProto("tokens", "int64", ["N", 2])],
    outputs: [valueInfoProto("scores", "float32", ["N", 2])],
    initializers: [constant("table", [3, 2], [0, 1, 2, 3, 4, 5]), constant("weights", [2, 4], TABLE_WEIGHTS.flat())],
  });
}

/** Boxes of 4 numbers and scores of 3 classes for 5 anchors, W · x: entry [anchor, k] has the weights of DETECTOR_WEIGHTS at 7 anchor + k. */
export const DETECTOR_WEIGHTS: readonly (readonly number[])[] = Array.from({ length: 35 }, (_, entry) =>
  Array.from({ length: 4 }, (__, feature) => (entry % 7 < 4 ? 100 : 1) * Math.sin(5 * entry + feature)),
);

/** One output [N, 5, 7] as of YOLOv5, or [N, 7, 5] as of YOLOv8; or two, boxes [N, 5, 4] and scores [N, 5, 3]. */
export function detectorModel(form: "anchors first" | "anchors last" | "two outputs"): ModelProto {
  const weights = constant(
    "weights",
    [4, 35],
    [0, 1, 2, 3].flatMap((feature) => DETECTOR_WEIGHTS.map((row) => row[feature]!)),
  );
  const dims = tensorProto("dims", { type: "int64", dims: [3], data: BigInt64Array.of(0n, 5n, 7n) });
  const split = tensorProto("split", { type: "int64", dims: [2], data: BigInt64Array.of(4n, 3n) });
  const last = {
    "anchors first": nodeProto("Identity", ["rows"], ["detections"]),
    "anchors last": nodeProto("Transpose", ["rows"], ["detections"], { perm: [0, 2, 1] }),
    "two outputs": nodeProto("Split", ["rows", "split"], ["boxes", "scores"], { axis: 2 }),
  }[form];
  return modelProto({
    nodes: [nodeProto("MatMul", ["x", "weights"], ["flat"]), nodeProto("Reshape", ["flat", "dims"], ["rows"]), last],
    inputs: [valueInfoProto("x", "float32", ["N", 4])],
    outputs:
      form === "two outputs"
        ? [valueInfoProto("boxes", "float32", ["N", 5, 4]), valueInfoProto("scores", "float32", ["N", 5, 3])]
        : [valueInfoProto("detections", "float32", form === "anchors first" ? ["N", 5, 7] : ["N", 7, 5])],
    initializers: [weights, dims, split],
  });
}

/** The class alone, as scikit-learn's exporter gives it: no output has a gradient, but "scores" inside has. */
export function decisionModel(): ModelProto {
  return modelProto({
    nodes: [nodeProto("Gemm", ["x", "weights"], ["scores"], { transB: 1 }), nodeProto("ArgMax", ["scores"], ["class"], { axis: 1, keepdims: 0 })],
    inputs: [valueInfoProto("x", "float32", ["N", 4])],
    outputs: [valueInfoProto("class", "int64", ["N"])],
    initializers: [constant("weights", [2, 4], TABLE_WEIGHTS.flat())],
  });
}

/** An operator that nobody knows between input and output. */
export function foreignModel(): ModelProto {
  return modelProto({
    nodes: [nodeProto("Mystery", ["x"], ["y"], {}, { domain: "com.example", name: "the_mystery" })],
    inputs: [valueInfoProto("x", "float32", ["N", 4])],
    outputs: [valueInfoProto("y", "float32", ["N", 4])],
    domains: { "com.example": 1 },
  });
}

/** A model that keeps an engine busy for long enough to be interrupted: large multiplications, one after the other. */
export function slowModel(side: number, layers: number): ModelProto {
  const dims: readonly Dim[] = ["N", side, side];
  const nodes = Array.from({ length: layers }, (_, i) => nodeProto("MatMul", [i === 0 ? "x" : `y${i - 1}`, "weights"], [i === layers - 1 ? "y" : `y${i}`]));
  return modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", dims)],
    outputs: [valueInfoProto("y", "float32", dims)],
    initializers: [
      constant(
        "weights",
        [side, side],
        Array.from({ length: side * side }, (_, i) => Math.sin(i) / side),
      ),
    ],
  });
}

/** Writes a model into a folder, and returns its path. */
export async function writeTestModel(folder: string, name: string, model: ModelProto): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, writeModel(model));
  return path;
}

/** Writes a picture of one colour, and returns its path. */
export async function writeTestPicture(folder: string, name: string, color: { r: number; g: number; b: number }, side = 8): Promise<string> {
  const path = join(folder, name);
  await sharp({ create: { width: side, height: side, channels: 3, background: color } })
    .png()
    .toFile(path);
  return path;
}
