import { type Tensor as PlainTensor, XDeepError } from "@xdeep/core";
import { type Tensor, type TypedArray, tensor } from "@tensorflow/tfjs-core";

/** A plain tensor on the engine. The data is copied: the cpu engine would otherwise read the caller's array later. */
export function upload(plain: PlainTensor): Tensor {
  return tensor(plain.data.slice() as TypedArray, [...plain.dims], plain.type as "float32" | "int32" | "bool");
}

/** A tensor of the engine as plain data, copied for the same reason. Asynchronous, because WebGPU cannot be read otherwise. */
export async function download(source: Tensor): Promise<PlainTensor> {
  const data = (await source.data()).slice();
  const dims = [...source.shape];
  switch (source.dtype) {
    case "float32":
      return { type: "float32", dims, data: data as Float32Array };
    case "int32":
      return { type: "int32", dims, data: Int32Array.from(data) };
    case "bool":
      return { type: "bool", dims, data: Uint8Array.from(data) };
    default:
      throw new XDeepError("MODEL_UNSUPPORTED", `An output is of type ${source.dtype}; outputs must be float32, int32 or bool.`, {
        details: { type: source.dtype },
      });
  }
}

/** Tensors of the engine by name. */
export async function downloadAll(tensors: Iterable<readonly [string, Tensor]>): Promise<Readonly<Record<string, PlainTensor>>> {
  return Object.fromEntries(await Promise.all([...tensors].map(async ([name, tensor]) => [name, await download(tensor)] as const)));
}
