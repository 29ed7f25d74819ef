import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import { modelProto, nodeProto, readModel, valueInfoProto, writeModel } from "@xdeep/onnx";
import { expect, it } from "vitest";

import { beamModule, exportExplainer, inferenceRequest, kserveService, rayModule, sparkModule, tritonConfig } from "../src/index.ts";
import { convNet } from "./networks.ts";

const model = await loadModel(convNet());
const bytes = await exportExplainer(model, integrated(new Backprop(model), { n: 4 }).method);
await model.dispose();

/** What Triton's ONNX Runtime backend reads off a file without a configuration: it batches where −1 leads every input and output. */
function autoComplete(file: Uint8Array): { readonly batches: boolean; readonly dims: ReadonlyMap<string, readonly number[]> } {
  const { graph } = readModel(file);
  const values = [...graph!.input, ...graph!.output].map(({ name, type }) => {
    const shape = type!.value.case === "tensorType" ? type!.value.value.shape!.dim : [];
    return [name, shape.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : -1))] as const;
  });
  return { batches: values.every(([, dims]) => dims[0] === -1), dims: new Map(values.map(([name, dims]) => [name, dims.slice(1)])) };
}

it("Triton's configuration is what Triton finds in the file by itself", () => {
  const config = tritonConfig(bytes, { name: "conv", maxBatchSize: 4 });
  const { batches, dims } = autoComplete(bytes);
  expect(batches).toBe(true);
  const entries = [...config.matchAll(/name: "(\w+)"\n {4}data_type: (\w+)\n {4}dims: \[ ([\d, ]+) \](\n {4}reshape \{ shape: \[ \] \})?/g)];
  const found = entries.map(([, name, type, sizes, isScalar]) => [name, type, isScalar === undefined ? sizes!.split(", ").map(Number) : []]);
  expect(found).toEqual([
    ["image", "TYPE_FP32", dims.get("image")],
    ["attribution", "TYPE_FP32", dims.get("attribution")],
    ["target", "TYPE_INT64", dims.get("target")],
    ["score", "TYPE_FP32", []],
    ["convergence_delta", "TYPE_FP32", []],
    ["probabilities", "TYPE_FP32", dims.get("probabilities")],
  ]);
  expect(config).toMatch(/^name: "conv"\nbackend: "onnxruntime"\nmax_batch_size: 4\n/);
});

it("KServe's service and request name what the file has", () => {
  expect(kserveService(bytes, { name: "conv", storageUri: "pvc://models" })).toContain("storageUri: pvc://models");
  const request = inferenceRequest(bytes) as {
    readonly inputs: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[];
    readonly outputs: readonly object[];
  };
  expect(request.inputs).toMatchObject([{ name: "image", shape: [1, 3, 8, 8], datatype: "FP32" }]);
  expect(request.inputs[0]!.data).toHaveLength(192);
  expect(request.outputs).toHaveLength(5);
});

it("the Python modules name every input and output with its type and dims", () => {
  for (const text of [sparkModule(bytes, "explain.onnx"), rayModule(bytes, "explain.onnx"), beamModule(bytes, "explain.onnx")]) {
    expect(text).toContain('MODEL = "explain.onnx"');
    expect(text).toContain('    "image": ("float32", (3, 8, 8)),\n}');
    expect(text).toContain('    "score": ("float32", ()),\n');
    expect(text).toContain('    "probabilities": ("float32", (5,)),\n');
  }
  expect(sparkModule(bytes, "explain.onnx")).toContain("`attribution` array<float>, `target` bigint, `score` float");
  // Rows keep what tells whose they are.
  expect(sparkModule(bytes, "explain.onnx")).toContain("[*map(batch.column, keep), *outputs], names=[*keep, *OUTPUTS]");
  expect(rayModule(bytes, "explain.onnx")).toContain("{name: batch[name] for name in kept(batch)} | run(self.session, batch)");
});

it("nothing is written for a file that is not portable", () => {
  const fixed = modelProto({
    nodes: [nodeProto("Relu", ["x"], ["y"])],
    inputs: [valueInfoProto("x", "float32", [1, 4])],
    outputs: [valueInfoProto("y", "float32", [1, 4])],
  });
  expect(() => tritonConfig(writeModel(fixed))).toThrow(
    expect.objectContaining({ code: "MODEL_UNSUPPORTED", message: expect.stringContaining('"x" is not portable') as string }),
  );
});
