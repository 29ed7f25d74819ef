import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type DifferentiateOptions, type GradientModel, type Lowering, differentiate } from "@xdeep/autodiff";
import { type ModelProto, writeModel } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { expect } from "vitest";

export interface LoweringOptions extends DifferentiateOptions {
  /** Dims of the input "x"; default those of the model with a batch of 2. */
  readonly dims?: readonly number[];
  /** The elements of "x", repeated as often as they fit. Default: seeded normal numbers. */
  readonly values?: readonly number[];
  /** Largest difference relative to the largest gradient. Default 2e-6. */
  readonly tolerance?: number;
}

/** Proves that a lowering is used and gives the numbers of the plain form in float32, for the batch and the rule asked for. */
export async function checkLowering(model: ModelProto, lowerings: readonly Lowering[], options: LoweringOptions = {}): Promise<void> {
  const { plain, lowered, error } = await differences(model, lowerings, options);
  expect(operators(lowered)).not.toEqual(operators(plain));
  expect(error).toBeLessThanOrEqual(options.tolerance ?? 2e-6);
}

/** Proves that lowerings leave a model's gradient in its plain form. */
export function checkNotLowered(model: ModelProto, lowerings: readonly Lowering[], options: LoweringOptions = {}): void {
  const { values: _values, dims: _dims, tolerance: _tolerance, ...rest } = options;
  expect(operators(differentiate(model, { ...rest, lowerings }).model)).toEqual(operators(differentiate(model, rest).model));
}

/** Both forms, and the largest difference of their gradients relative to the largest gradient. */
export async function differences(
  model: ModelProto,
  lowerings: readonly Lowering[],
  { values, dims, tolerance: _tolerance, ...options }: LoweringOptions = {},
): Promise<{ readonly plain: ModelProto; readonly lowered: ModelProto; readonly error: number }> {
  const [plain, lowered] = [differentiate(model, options), differentiate(model, { ...options, lowerings })];
  const x = feed(dims ?? declaredDims(model), values);
  const { dims: yDims } = (await run(model, { x }))[model.graph!.output[0]!.name]!;
  const [expected, actual] = [await gradients(plain, x, yDims), await gradients(lowered, x, yDims)];
  const errors = expected.map((want, i) => differenceOf(want, actual[i]!));
  return { plain: plain.model, lowered: lowered.model, error: Math.max(...errors) };
}

function differenceOf(expected: Float32Array, actual: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-30);
  return expected.reduce((largest, value, i) => Math.max(largest, Object.is(value, actual[i]) ? 0 : Math.abs(value - actual[i]!) / scale), 0);
}

async function gradients(gradient: GradientModel, x: ort.Tensor, yDims: readonly number[]): Promise<readonly Float32Array[]> {
  const cotangent = new ort.Tensor("float32", Float32Array.from(createNoise(7).next(sizeOf(yDims))), yDims);
  const results = await run(gradient.model, { x, [gradient.cotangent]: cotangent });
  return Object.values(gradient.gradients).map((name) => results[name]!.data as Float32Array);
}

async function run(model: ModelProto, feeds: Readonly<Record<string, ort.Tensor>>): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function declaredDims(model: ModelProto): readonly number[] {
  const value = model.graph!.input[0]!.type!.value;
  const dims = value.case === "tensorType" ? (value.value.shape?.dim ?? []) : [];
  return dims.map((dim) => (dim.value.case === "dimValue" ? Number(dim.value.value) : 2));
}

function feed(dims: readonly number[], values: readonly number[] | undefined): ort.Tensor {
  const size = sizeOf(dims);
  const data = values === undefined ? createNoise(3).next(size) : Array.from({ length: size }, (_, i) => values[i % values.length]!);
  return new ort.Tensor("float32", Float32Array.from(data), dims);
}

/** Every node with what it takes: equal where two models compute the same in the same way. */
function operators(model: ModelProto): readonly string[] {
  return model.graph!.node.map(({ opType, input }) => `${opType}(${input.join(", ")})`);
}
