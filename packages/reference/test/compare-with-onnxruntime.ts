import { type AttributeValue, type ModelProto, type ValueInfoProto, modelProto, nodeProto, valueInfoProto, withFields, writeModel } from "@xdeep/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect } from "vitest";
import { evaluate } from "../src/evaluate.ts";
import { type Value64, fromTensor, toTensor } from "../src/arrays/value64.ts";

/** A graph of one node, with every input fed. */
export interface NodeCase {
  /** What is special about it, for the test's title. */
  readonly name: string;
  readonly op: string;
  readonly domain?: string;
  /** Null where an optional input is left out. */
  readonly inputs: readonly (Value64 | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Number of outputs, or which of them are wanted; default 1. */
  readonly outputs?: number | readonly boolean[];
  /** Default 22. */
  readonly opset?: number;
  /** Largest difference relative to 1 + |expected|; default 1e-5. */
  readonly tolerance?: number;
}

/** The engine computes in float32. */
const FLOAT32_TOLERANCE = 1e-5;

/** The model of one node. */
export function nodeModel({ op, domain, inputs, attributes = {}, outputs = 1, opset = 22 }: NodeCase): ModelProto {
  const wanted = typeof outputs === "number" ? Array.from({ length: outputs }, () => true) : outputs;
  const outputNames = wanted.map((want, i) => (want ? `y${i}` : ""));
  const node = nodeProto(
    op,
    inputs.map((input, i) => (input === null ? "" : `x${i}`)),
    outputNames,
    attributes,
    domain === undefined ? {} : { domain },
  );
  return modelProto({
    nodes: [node],
    inputs: inputs.flatMap((input, i) => (input === null ? [] : [valueInfoProto(`x${i}`, input.type, input.dims)])),
    outputs: outputNames.filter((name) => name !== "").map(untyped),
    opset,
    domains: domain === undefined ? {} : { [domain]: 1 },
  });
}

/** An output whose type the engine infers. */
export function untyped(name: string): ValueInfoProto {
  return withFields(valueInfoProto(name, "float32", null), { type: undefined });
}

/** Runs one node in ONNX Runtime and in the interpreter, and expects equal types, dims and numbers. */
export async function expectSameAsOnnxRuntime(row: NodeCase): Promise<void> {
  const feeds = Object.fromEntries(row.inputs.flatMap((input, i) => (input === null ? [] : [[`x${i}`, input] as const])));
  await expectSameModel(nodeModel(row), feeds, row.tolerance);
}

/** Runs a model in ONNX Runtime and in the interpreter, and expects equal types, dims and numbers. */
export async function expectSameModel(model: ModelProto, feeds: Readonly<Record<string, Value64>>, tolerance: number = FLOAT32_TOLERANCE): Promise<void> {
  const expected = await runOnnxRuntime(model, feeds);
  const actual = evaluate(model, asFloat32(feeds));
  for (const [name, want] of Object.entries(expected)) {
    const got = actual[name]!;
    expect({ name, type: got.type, dims: got.dims }).toEqual({ name, type: want.type, dims: want.dims });
    const worst = worstIndex(want, got);
    if (worst >= 0) {
      expect(difference(want.data[worst]!, got.data[worst]!), `${name}[${worst}]: expected ${want.data[worst]}, actual ${got.data[worst]}`).toBeLessThan(
        tolerance,
      );
    }
  }
}

async function runOnnxRuntime(model: ModelProto, feeds: Readonly<Record<string, Value64>>): Promise<Record<string, Value64>> {
  const session = await InferenceSession.create(writeModel(model), { graphOptimizationLevel: "disabled", logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const inputs = Object.entries(feeds).map(([name, value]) => {
      const { type, data, dims } = toTensor(value);
      return [name, new Tensor(type as "float32", data as Float32Array, dims)] as const;
    });
    const results = await session.run(Object.fromEntries(inputs));
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, data, dims }]) => [name, fromTensor({ type, data, dims } as Parameters<typeof fromTensor>[0])]),
    );
  } finally {
    await session.release();
  }
}

/** What the engine sees of float32 inputs. */
function asFloat32(feeds: Readonly<Record<string, Value64>>): Record<string, Value64> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, value]) => [name, value.type === "float32" ? { ...value, data: value.data.map(Math.fround) } : value]),
  );
}

function worstIndex(want: Value64, got: Value64): number {
  let worst = -1;
  let most = -1;
  for (let i = 0; i < want.data.length; i++) {
    const error = difference(want.data[i]!, got.data[i]!);
    if (!(error <= most)) [worst, most] = [i, error];
  }
  return worst;
}

/** |expected − actual| / (1 + |expected|); 0 for equal infinities and for two NaN, otherwise infinite where one is not finite. */
function difference(expected: number, actual: number): number {
  if (Object.is(expected, actual) || expected === actual) return 0;
  const error = Math.abs(expected - actual) / (1 + Math.abs(expected));
  return Number.isNaN(error) ? Infinity : error;
}
