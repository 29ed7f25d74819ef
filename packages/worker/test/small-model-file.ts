import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { onTestFinished } from "vitest";

/** Path of a file with the network y = x² of [N, 3], which is there for as long as the test runs. */
export function smallModelFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "xdeep-worker-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "model.onnx");
  const model = modelProto({
    inputs: [valueInfoProto("x", "float32", ["N", 3])],
    outputs: [valueInfoProto("y", "float32", ["N", 3])],
    nodes: [nodeProto("Mul", ["x", "x"], ["y"])],
  });
  writeFileSync(path, writeModel(model));
  return path;
}
