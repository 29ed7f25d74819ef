import { type Tensor, engine } from "@tensorflow/tfjs-core";

/** A second tensor on the same memory. Unlike `clone` it copies on no engine (the wasm engine's Identity does). */
export function alias(tensor: Tensor): Tensor {
  const owner = engine().state.tensorInfo.get(tensor.dataId)!.backend;
  owner.incRef(tensor.dataId);
  return engine().makeTensorFromTensorInfo({ dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype }, owner);
}

/** An alias outside every tidy. It outlives the original, whoever disposes that, and must be disposed itself. */
export function retain(tensor: Tensor): Tensor {
  return engine().keep(alias(tensor));
}
