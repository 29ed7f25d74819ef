import { type FloatTensor, type Tensor, sizeOf } from "@xdeep/core";
import { prepareModel } from "@xdeep/autodiff";
import type { ModelProto } from "@xdeep/onnx";
import { type Value64, evaluate, fromTensor, numericalVjp, value64 } from "@xdeep/reference";

export interface NumericalGradientOptions {
  /** The value that is moved: an input or an inner value. */
  readonly wrt: string;
  /** The value whose entries are scores [N, …]. */
  readonly of: string;
  /** Row-major index of the entry in each row. */
  readonly target: readonly number[];
}

/** The gradient of Σₙ score(n) by central differences in float64, on the reference interpreter. */
export function numericalGradient(model: ModelProto, feeds: Readonly<Record<string, Tensor>>, { wrt, of, target }: NumericalGradientOptions): Value64 {
  const prepared = prepareModel(model);
  const values = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, fromTensor(tensor)]));
  const point = values[wrt] ?? evaluate(prepared, values, { outputs: [wrt] })[wrt]!;
  const forward = ([moved]: readonly Value64[]): readonly Value64[] => [evaluate(prepared, { ...values, [wrt]: moved! }, { outputs: [of] })[of]!];
  const { dims, type } = forward([point])[0]!;
  const rowSize = sizeOf(dims) / target.length;
  const oneHot = value64(type, dims);
  target.forEach((index, row) => (oneHot.data[row * rowSize + index] = 1));
  return numericalVjp(forward, [point], [oneHot])[0]!;
}

/** max |actual − expected| / max |expected|, with dims that must agree and a gradient that must not be zero. */
export function gradientError(actual: FloatTensor | undefined, expected: Pick<Value64, "dims" | "data">): number {
  if (actual === undefined || String(actual.dims) !== String(expected.dims)) throw new Error(`Expected dims [${expected.dims}], got [${actual?.dims}].`);
  const scale = Math.max(...expected.data.map(Math.abs));
  if (!(scale > 0)) throw new Error("The expected gradient is zero everywhere: the test proves nothing.");
  return Math.max(...expected.data.map((value, i) => Math.abs(value - actual.data[i]!))) / scale;
}
