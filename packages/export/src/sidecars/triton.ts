import { type FileValue, type PlainType, fileInterface } from "./file-interface.ts";

const TRITON_TYPES: Readonly<Record<PlainType, string>> = {
  float32: "TYPE_FP32",
  int8: "TYPE_INT8",
  int16: "TYPE_INT16",
  int32: "TYPE_INT32",
  int64: "TYPE_INT64",
  uint8: "TYPE_UINT8",
};

export interface TritonOptions {
  /** Name of the model in Triton's repository. Default "explain". */
  readonly name?: string | undefined;
  /** Rows that Triton may put into one run. Default 8. */
  readonly maxBatchSize?: number | undefined;
}

/** `config.pbtxt` of a file for NVIDIA Triton's repository of models, beside `<name>/1/model.onnx`. Triton batches what comes at the same time. */
export function tritonConfig(bytes: Uint8Array, { name = "explain", maxBatchSize = 8 }: TritonOptions = {}): string {
  const { inputs, outputs } = fileInterface(bytes);
  const list = (kind: string, values: readonly FileValue[]): string => `${kind} [\n${values.map(entry).join(",\n")}\n]\n`;
  return [
    `name: ${JSON.stringify(name)}\n`,
    'backend: "onnxruntime"\n',
    `max_batch_size: ${maxBatchSize}\n`,
    list("input", inputs),
    list("output", outputs),
    "dynamic_batching { }\n",
  ].join("");
}

/** Dims are those of one row. A row of one number has dims [1] there, and none in the file. */
function entry({ name, type, dims }: FileValue): string {
  const shape = dims.length === 0 ? "dims: [ 1 ]\n    reshape { shape: [ ] }" : `dims: [ ${dims.join(", ")} ]`;
  return `  {\n    name: ${JSON.stringify(name)}\n    data_type: ${TRITON_TYPES[type]}\n    ${shape}\n  }`;
}
