import { type DataType, type FloatTensor, type Tensor, XDeepError } from "@xdeep/core";
import { fromFloat64, toFloat64 } from "@xdeep/core/backend";
import type { Tensor as OrtTensor } from "onnxruntime-common";
import type { OnnxRuntime } from "./engine.ts";

type OrtType = OrtTensor.Type;

/** A tensor for the engine, on the same memory. */
export function toEngine(ort: OnnxRuntime, { type, data, dims }: Tensor): OrtTensor {
  if (type === "bfloat16") throw new XDeepError("INPUT_TYPE", "ONNX Runtime takes no bfloat16 inputs from JavaScript. Pass float32 and let the model cast it.");
  const tensor = new ort.Tensor(type as OrtType, data as never, dims);
  // Where there is a Float16Array, onnxruntime-common makes one of the bits, whose length the native binding takes for 0.
  if (type === "float16") (tensor as unknown as { cpuData: unknown }).cpuData = data;
  return tensor;
}

/** An engine's tensor as plain data. The memory is the result's own: ONNX Runtime makes new tensors for every run. */
export async function fromEngine(tensor: OrtTensor): Promise<Tensor> {
  const data = await tensor.getData();
  return { type: tensor.type, dims: [...tensor.dims], data: tensor.type === "float16" ? bitsOf(data as Uint16Array) : data } as unknown as Tensor;
}

/** Half floats as their bits, whether the platform has a Float16Array or not. */
function bitsOf({ buffer, byteOffset, length }: Uint16Array): Uint16Array {
  return new Uint16Array(buffer, byteOffset, length);
}

/** A float tensor of any width as float32. */
export function asFloat32(tensor: Tensor): FloatTensor {
  return tensor.type === "float32" ? tensor : { type: "float32", dims: tensor.dims, data: Float32Array.from(toFloat64(tensor)) };
}

/** A float32 tensor in the float type that a value of the model has. */
export function fromFloat32(tensor: FloatTensor, type: DataType): Tensor {
  return type === "float32" ? tensor : fromFloat64(type, tensor.dims, Float64Array.from(tensor.data));
}
