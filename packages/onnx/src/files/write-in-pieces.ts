import type { ModelProto } from "../gen/onnx_pb.ts";
import { mapTensors } from "../graphs/map-tensors.ts";
import { externalTensor, writeModel } from "./write-model.ts";

/** A model and its larger weights, each on its own, as ONNX Runtime takes them: `InferenceSession.create(bytes, { externalData })`. */
export interface ModelInPieces {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Views on the model's weights, not copies. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** Writes a model of any size without copying its weights: initializers of at least `externalThreshold` bytes stay outside. */
export function writeModelInPieces(model: ModelProto, externalThreshold: number = 2 ** 20): ModelInPieces {
  const externalData: { path: string; data: Uint8Array }[] = [];
  const slim = mapTensors(model, (tensor, place) => {
    if (place !== "initializer" || tensor.rawData.length < externalThreshold || tensor.rawData.length === 0) return tensor;
    const path = `weights/${externalData.length}`;
    externalData.push({ path, data: tensor.rawData });
    return externalTensor(tensor, { location: path, offset: "0", length: String(tensor.rawData.length) });
  });
  return { bytes: writeModel(slim), externalData };
}
