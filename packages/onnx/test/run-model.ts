import { InferenceSession, Tensor } from "onnxruntime-node";
import type { ModelProto } from "../src/index.ts";
import { writeModel } from "../src/index.ts";

/** The outputs of a model in ONNX Runtime, by name. */
export async function runModel(model: ModelProto, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(model), { logSeverityLevel: 4, intraOpNumThreads: 1, graphOptimizationLevel: "disabled" });
  try {
    return { ...(await session.run(feeds)) };
  } finally {
    await session.release();
  }
}

/** The elements of an output, none where there is no such output. */
export function numbersOf(tensor: Tensor | undefined): number[] {
  return Array.from((tensor?.data ?? []) as ArrayLike<number | bigint | boolean>, Number);
}

export { Tensor };
