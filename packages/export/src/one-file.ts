import { XDeepError, isXDeepError } from "@xdeep/core";
import { type ModelProto, weightBytes, writeModel } from "@xdeep/onnx";

/**
 * A model as the bytes of one file.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED beyond the 2 GiB that one can have
 */
export function oneFile(proto: ModelProto): Uint8Array<ArrayBuffer> {
  try {
    return writeModel(proto);
  } catch (cause) {
    if (!isXDeepError(cause, "MODEL_UNSUPPORTED")) throw cause;
    const weights = weightBytes(proto);
    const message = `The explainer's weights take ${(weights / 2 ** 30).toFixed(2)} GiB, and one ONNX file ends at 2 GiB. Write them into a second file beside it: exportExplainerFiles.`;
    throw new XDeepError("MODEL_UNSUPPORTED", message, { details: { weights }, cause });
  }
}
