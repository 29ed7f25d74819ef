import { Backprop } from "@xdeep/guided";
import { float32 } from "@xdeep/core";
import { type NodeProto, nodeProto, readModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { describe, expect, it } from "vitest";

import { exportExplainer } from "../src/index.ts";
import { fixedAtOne, numbers } from "./networks.ts";
import { relativeError, runFile } from "./run-file.ts";

const APART: readonly (readonly [string, readonly NodeProto[]])[] = [
  ["its rows are flattened by a shape that holds the 1", [nodeProto("Reshape", ["x", "flat"], ["f"]), nodeProto("MatMul", ["f", "w"], ["y"])]],
  [
    "the batch is folded into another axis and taken out again",
    [
      nodeProto("Reshape", ["x", "heads"], ["h"]),
      nodeProto("Tanh", ["h"], ["t"]),
      nodeProto("Reshape", ["t", "flat"], ["f"]),
      nodeProto("MatMul", ["f", "w"], ["y"]),
    ],
  ],
  [
    "a token of one row is joined to it",
    [nodeProto("Concat", ["token", "x"], ["j"], { axis: 1 }), nodeProto("Reshape", ["j", "flat"], ["f"]), nodeProto("MatMul", ["f", "wide"], ["y"])],
  ],
];

describe("a batch that the file fixes at 1 is opened where", () => {
  it.each(APART)("%s", async (_, nodes) => {
    const model = await loadModel(fixedAtOne(nodes));
    const explainer = new Backprop(model);
    const bytes = await exportExplainer(model, explainer.method);
    const x = float32([3, 4, 6], numbers(50, 72));
    const found = await runFile(bytes, { x });
    expect(relativeError(found["attribution"]!.data as Float32Array, (await explainer.explain(x)).values.data)).toBeLessThan(1e-5);
    expect(readModel(bytes).metadataProps.find(({ key }) => key === "xdeep.batch_proof")!.value).toMatch(/^opened from 1: 3 rows at once equal/);
    await model.dispose();
  });
});

describe("it stays shut, and the refusal says why, where", () => {
  it.each<[string, readonly NodeProto[], RegExp]>([
    [
      "rows would be averaged",
      [
        nodeProto("ReduceMean", ["x", "axes"], ["m"]),
        nodeProto("Sub", ["x", "m"], ["s"]),
        nodeProto("Reshape", ["s", "flat"], ["f"]),
        nodeProto("MatMul", ["f", "w"], ["y"]),
      ],
      /other numbers for output "y".*depend on each other/,
    ],
    [
      "an axis is added for which one row alone has room",
      [nodeProto("Squeeze", ["x", "axes"], ["s"]), nodeProto("Reshape", ["s", "flat"], ["f"]), nodeProto("MatMul", ["f", "w"], ["y"])],
      /with three rows it does not run/,
    ],
  ])("%s", async (_, nodes, message) => {
    const model = await loadModel(fixedAtOne(nodes));
    await expect(exportExplainer(model, new Backprop(model).method)).rejects.toMatchObject({
      code: "MODEL_UNSUPPORTED",
      message: expect.stringMatching(message) as string,
    });
    await model.dispose();
  });
});
