import type { Fixture } from "@xdeep/conformance";
import type { Model } from "@xdeep/core";
import { type LoadModelOptions, loadModel } from "@xdeep/onnxruntime";

export function onnxModel({ onnx, inputs }: Fixture, options: LoadModelOptions): Promise<Model> {
  return loadModel(onnx(), { ...options, shared: inputs.filter(({ batched }) => batched === false).map(({ name }) => name) });
}
