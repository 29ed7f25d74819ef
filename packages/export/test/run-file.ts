import type { Tensor } from "@xdeep/core";
import * as ort from "onnxruntime-node";

/** What a file gives for each of these feeds, run by the engine alone. */
export async function runEach(bytes: Uint8Array, feeds: readonly Readonly<Record<string, Tensor>>[]): Promise<readonly Readonly<Record<string, ort.Tensor>>[]> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const tensors = (each: Readonly<Record<string, Tensor>>): Record<string, ort.Tensor> =>
    Object.fromEntries(Object.entries(each).map(([name, { type, data, dims }]) => [name, new ort.Tensor(type as "float32", data as Float32Array, dims)]));
  try {
    const results: Readonly<Record<string, ort.Tensor>>[] = [];
    for (const each of feeds) results.push(await session.run(tensors(each)));
    return results;
  } finally {
    await session.release();
  }
}

export async function runFile(bytes: Uint8Array, feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, ort.Tensor>>> {
  return (await runEach(bytes, [feeds]))[0]!;
}

/** max |actual − expected| / max |expected|. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return actual.length === expected.length ? error / (scale || 1) : Infinity;
}
