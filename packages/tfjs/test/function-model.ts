import type { FloatTensor, Model, VjpRequest } from "@xdeep/core";
import { float32 } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";

import { loadModel } from "../src/index.ts";

/** A function of one tensor [N, …row] as a model with input "x" and output "y". */
export function functionModel(f: (x: Tensor) => Tensor, row: readonly number[], outRow: readonly number[], engine = "cpu"): Promise<Model> {
  return loadModel(f, { engine, inputs: [{ name: "x", dims: [null, ...row] }], outputs: [{ name: "y", dims: [null, ...outRow] }] });
}

/** dF/dx of one row of values, as plain numbers. */
export async function gradientOf(model: Model, values: readonly number[], request: Omit<VjpRequest, "feeds"> = {}): Promise<readonly number[]> {
  const x: FloatTensor = float32([1, ...model.inputs[0]!.dims.slice(1).map((size) => size ?? values.length)], values);
  const { gradients } = await model.vjp({ ...request, feeds: { x } });
  return Array.from(gradients["x"]!.data);
}
