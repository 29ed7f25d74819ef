import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";

/** Path of a file with the network y = x² of [N, 3]. */
export function smallModelFile(): string {
  const path = join(mkdtempSync(join(tmpdir(), "xdeep-worker-")), "model.onnx");
  const model = modelProto({
    inputs: [valueInfoProto("x", "float32", ["N", 3])],
    outputs: [valueInfoProto("y", "float32", ["N", 3])],
    nodes: [nodeProto("Mul", ["x", "x"], ["y"])],
  });
  writeFileSync(path, writeModel(model));
  return path;
}
