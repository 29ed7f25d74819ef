import { type PlainType, fileInterface, rowSize } from "./file-interface.ts";

const PROTOCOL_TYPES: Readonly<Record<PlainType, string>> = { float32: "FP32", int8: "INT8", int16: "INT16", int32: "INT32", int64: "INT64", uint8: "UINT8" };

export interface KServeOptions {
  /** Name of the service. Default "explain". */
  readonly name?: string | undefined;
  /** Where the folder with Triton's `<name>/config.pbtxt` and `<name>/1/model.onnx` lies. */
  readonly storageUri?: string | undefined;
}

/** A KServe InferenceService (YAML) that serves a file beside the model's own: Triton underneath, the Open Inference Protocol outside. */
export function kserveService(bytes: Uint8Array, { name = "explain", storageUri = "s3://BUCKET/PATH" }: KServeOptions = {}): string {
  const { outputs } = fileInterface(bytes);
  return `# Gives ${outputs.map((output) => output.name).join(", ")}.
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${name}
spec:
  predictor:
    model:
      modelFormat:
        name: onnx
      protocolVersion: v2
      runtime: kserve-tritonserver
      storageUri: ${storageUri}
`;
}

/** A request of the Open Inference Protocol v2 with one row of zeros: POST it to /v2/models/<name>/infer. */
export function inferenceRequest(bytes: Uint8Array): object {
  const { inputs, outputs } = fileInterface(bytes);
  return {
    inputs: inputs.map((input) => ({
      name: input.name,
      shape: [1, ...input.dims],
      datatype: PROTOCOL_TYPES[input.type],
      data: Array.from({ length: rowSize(input) }, () => 0),
    })),
    outputs: outputs.map(({ name }) => ({ name })),
  };
}
