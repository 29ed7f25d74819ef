import { type DataType, type Model, type Tensor, XDeepError, float32, sizeOf, sliceRows } from "@xdeep/core";
import { ELEMENT_ARRAYS, createNoise, isFloatType, toFloat64 } from "@xdeep/core/method";
import type { ModelProto } from "@xdeep/onnx";
import { loadModel, networkOf } from "@xdeep/onnxruntime";

/** The axis that holds the batch, of every input that has one: the leading one, or that of a state, [layers, batch, hidden]. */
export type BatchAxes = ReadonlyMap<string, number>;

const ROWS = 3;
/** Of the largest entry of an output. Kernels of one row and of three add in other orders. */
const TOLERANCE = 1e-4;

/**
 * Runs three rows at once through a network whose batch was opened, and each alone through the file as it is. Returns the largest difference, relative to
 * the largest entry.
 *
 * @param axes the axis that was opened, of every input that has one
 * @throws {XDeepError} MODEL_UNSUPPORTED where they differ, or the opened network does not run
 */
export async function proveRowsApart(model: Model, opened: ModelProto, axes: BatchAxes): Promise<number> {
  const feeds = Object.fromEntries(model.inputs.map((info, index) => [info.name, randomInput(info, index, axes.get(info.name))]));
  const rowOf = (row: number): Readonly<Record<string, Tensor>> =>
    Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, axes.has(name) ? sliceAxis(tensor, axes.get(name)!, row) : tensor]));
  const rows = await Promise.all(Array.from({ length: ROWS }, (_, row) => model.forward({ feeds: rowOf(row) })));
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
function randomInput({ name, type, dims }: Model["inputs"][number], stream: number, batchAxis: number | undefined): Tensor {
  const sizes = dims.map((dim, axis) => (axis === batchAxis ? ROWS : (dim ?? 1)));
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

/** The entries of one row, along the axis where the rows lie. */
function sliceAxis<T extends Tensor>(tensor: T, axis: number, row: number): T {
  if (axis === 0) return sliceRows(tensor, row, row + 1);
  const { type, dims, data } = tensor;
  const [size, inner] = [dims[axis] ?? 1, sizeOf(dims.slice(axis + 1))];
  const entries = (data as Float32Array).filter((_, i) => Math.floor(i / inner) % size === row);
  return { type, dims: dims.with(axis, 1), data: entries } as unknown as T;
}

/** Between an output of three rows, along whichever axis they lie, and those of each alone. */
function relativeError(together: Tensor, rows: readonly Tensor[]): number {
  const axis = Math.max(
    0,
    together.dims.findIndex((dim, i) => dim === ROWS && rows[0]!.dims[i] === 1),
  );
  const actual = Array.from({ length: together.dims[axis] ?? 0 }, (_, row) => [...toFloat64(sliceAxis(together, axis, row))]).flat();
  const expected = rows.flatMap((row) => [...toFloat64(row)]);
  if (actual.length !== expected.length) return Infinity;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
  return error === 0 ? 0 : error / (scale || 1);
}
