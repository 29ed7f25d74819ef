import { type Model, XDeepError } from "@xdeep/core";
import { type ModelProto, weightBytes, writeModel } from "@xdeep/onnx";
import { networkOf } from "@xdeep/onnxruntime";

/**
 * Opens a file with branches in the engine once: engines look into all of them before a run, and refuse a file with one that contradicts the sizes of its
 * inputs, also where it is never taken.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED where the engine refuses it
 */
export async function checkBranches(proto: ModelProto, model: Model): Promise<void> {
  const hasBranches = proto.graph!.node.some(({ opType }) => opType === "If");
  if (!hasBranches || weightBytes(proto) > 2 ** 30) return;
  try {
    const session = await networkOf(model).engine.InferenceSession.create(writeModel(proto), { logSeverityLevel: 4 });
    await session.release();
  } catch (cause) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `The model has branches (If), and ONNX Runtime refuses the file that explains it: ${cause instanceof Error ? cause.message : String(cause)}. A branch for other sizes than the ones given contradicts these, though it is never taken. Export the model again without the branch: its sources choose it by an argument, such as a sample rate.`,
      { cause },
    );
  }
}
