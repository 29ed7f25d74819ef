import { type DataType, type Model, type Tensor, XDeepError, float32, sizeOf } from "@xdeep/core";
import { ELEMENT_ARRAYS, createNoise, isFloatType, sharedInputs, sliceFeeds, toFloat64 } from "@xdeep/core/method";
import type { ModelProto } from "@xdeep/onnx";
import { loadModel, networkOf } from "@xdeep/onnxruntime";

const ROWS = 3;
/** Of the largest entry of an output. Kernels of one row and of three add in other orders. */
const TOLERANCE = 1e-4;

/**
 * Runs three rows at once through a network whose batch was opened, and each alone through the file as it is. Returns the largest difference, relative to
 * the largest entry.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED where they differ, or the opened network does not run
 */
export async function proveRowsApart(model: Model, opened: ModelProto): Promise<number> {
  const feeds = Object.fromEntries(model.inputs.map((info, index) => [info.name, randomInput(info, index)]));
  const shared = sharedInputs(model.inputs);
  const rows = await Promise.all(Array.from({ length: ROWS }, (_, row) => model.forward({ feeds: sliceFeeds(feeds, { start: row, end: row + 1 }, shared) })));
  const together = await runOpened(model, opened, feeds);
  const errors = model.outputs.map(({ name }) =>
    relativeError(
      together[name]!,
      rows.map(({ outputs }) => outputs[name]!),
    ),
  );
  const largest = Math.max(...errors);
  if (largest <= TOLERANCE) return largest;
  const output = model.outputs[errors.indexOf(largest)]!.name;
  throw refused(
    `three rows at once gave other numbers for output "${output}" than each row alone (relative error ${largest.toExponential(1)}): its rows depend on each other`,
  );
}

async function runOpened(model: Model, opened: ModelProto, feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
  let loaded: Model | undefined;
  try {
    loaded = await loadModel(opened, { engine: networkOf(model).engine });
    return (await loaded.forward({ feeds })).outputs;
  } catch (cause) {
    throw refused(`with three rows it does not run: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  } finally {
    await loaded?.dispose();
  }
}

function refused(why: string, cause?: unknown): XDeepError {
  const message = `The file fixes its batch, and opening it failed: ${why}. Export the model with a dynamic batch axis.`;
  return new XDeepError("MODEL_UNSUPPORTED", message, cause === undefined ? {} : { cause });
}

/** Seeded rows: normal numbers, and integers that are tokens or flags of any model, 0 and 1. */
function randomInput({ name, type, dims, batched }: Model["inputs"][number], stream: number): Tensor {
  const sizes = dims.map((dim, axis) => dim ?? (axis === 0 && batched !== false ? ROWS : 1));
  const numbers = createNoise(0, stream).next(sizeOf(sizes));
  if (type === "float32") return float32(sizes, Float32Array.from(numbers));
  if (isFloatType(type) || type === "string") throw refused(`input "${name}" is ${type}, for which no trial rows are made`);
  const ints = Array.from(numbers, (number) => (number > 0 ? 1 : 0));
  const data = type === "int64" ? BigInt64Array.from(ints, BigInt) : type === "uint64" ? BigUint64Array.from(ints, BigInt) : asType(type, ints);
  return { type, dims: sizes, data } as unknown as Tensor;
}

function asType(type: Exclude<DataType, "string" | "int64" | "uint64">, ints: readonly number[]): ArrayBufferView {
  const data = new ELEMENT_ARRAYS[type](ints.length) as Int32Array;
  data.set(ints);
  return data;
}

function relativeError(together: Tensor, rows: readonly Tensor[]): number {
  const [actual, expected] = [toFloat64(together), rows.flatMap((row) => [...toFloat64(row)])];
  if (actual.length !== expected.length) return Infinity;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
  return error === 0 ? 0 : error / (scale || 1);
}
