import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type GradientModel, type Lowering, differentiate } from "@xdeep/autodiff";
import { type ModelProto, type NodeOptions, inferGraph, isFloatType, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { type Value64, checkVjp, evaluate, evaluator, fromTensor, toTensor, value64 } from "@xdeep/reference";
import * as ort from "onnxruntime-node";
import type { InputSpec, RuleSpec } from "./rule-spec.ts";

/** Proves one row: the gradient graph in float64 against finite differences or known numbers, and ONNX Runtime against the gradient graph. */
export async function checkRule(spec: RuleSpec, lowerings: readonly Lowering[] = []): Promise<void> {
  const inputs = spec.inputs.map((input, i) => (input === null ? null : valuesOf(input, seedOf(spec) + i)));
  const ran = new Set<string>();
  await checkModel(spec, lowerings, inputs, false, ran);
  if (spec.dynamic !== false) await checkModel(spec, lowerings, inputs, true, ran);
}

/** What JSON has no form for, and as text what it would spell byte by byte. */
function plainly(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** `ran` holds what the engine has run: graphs that differ in known dims alone are one to it. */
async function checkModel(
  spec: RuleSpec,
  lowerings: readonly Lowering[],
  inputs: readonly (Value64 | null)[],
  dynamic: boolean,
  ran: Set<string>,
): Promise<void> {
  const model = modelOf(spec, inputs, dynamic);
  const feeds = feedsOf(spec, inputs);
  const outputs = evaluate(model, feeds);
  const wrt = wrtOf(spec);
  for (const [k, name] of model.graph!.output.map((output) => output.name).entries()) {
    const output = outputs[name]!;
    if (!isFloatType(output.type)) continue;
    const gradient = differentiate(model, { of: name, wrt: wrt.map(inputName), lowerings });
    const expected = spec.expected?.cotangents[k];
    const cotangent = expected === undefined ? noise(seedOf(spec) + 100 + k, output) : value64(output.type, output.dims, expected);
    if (spec.expected === undefined) checkAgainstDifferences(spec, dynamic, model, gradient, name, feeds);
    else checkAgainstKnown(spec, gradient, feeds, cotangent);
    const text = JSON.stringify([name, gradient.model.graph!.node, gradient.model.graph!.initializer], plainly);
    if (spec.engine !== false && !ran.has(text)) await checkEngine(spec, gradient, feeds, cotangent);
    ran.add(text);
  }
}

function checkAgainstDifferences(
  spec: RuleSpec,
  dynamic: boolean,
  model: ModelProto,
  gradient: GradientModel,
  output: string,
  feeds: Readonly<Record<string, Value64>>,
): void {
  const names = wrtOf(spec).map(inputName);
  const fed = (values: readonly Value64[]): Record<string, Value64> => ({ ...feeds, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) });
  const forward = evaluator(model, Object.keys(feeds), { outputs: [output] });
  checkVjp({
    name: `${spec.op} (${spec.name}${dynamic ? ", dims unknown" : ""})`,
    inputs: names.map((name) => feeds[name]!),
    forward: (values) => [forward(fed(values))[output]!],
    vjp: (values, cotangents) => {
      const results = evaluate(gradient.model, { ...fed(values), [gradient.cotangent]: cotangents[0]! }, { outputs: Object.values(gradient.gradients) });
      return names.map((name) => results[gradient.gradients[name]!]!);
    },
    seed: seedOf(spec),
    tolerance: spec.tolerance ?? 2e-7,
    // Element by element once, where elements are few: random projections notice whatever differs, but do not say where.
    fullUpTo: dynamic ? 0 : 100,
  });
}

function checkAgainstKnown(spec: RuleSpec, gradient: GradientModel, feeds: Readonly<Record<string, Value64>>, cotangent: Value64): void {
  const results = evaluate(gradient.model, { ...feeds, [gradient.cotangent]: cotangent }, { outputs: Object.values(gradient.gradients) });
  for (const [i, index] of wrtOf(spec).entries()) {
    const actual = results[gradient.gradients[inputName(index)]!]!.data;
    spec.expected!.gradients[i]!.forEach((expected, j) => {
      if (!(Math.abs(expected - actual[j]!) <= 1e-6))
        throw new Error(`${spec.op} (${spec.name}) input ${index}, index ${j}: expected ${expected}, actual ${actual[j]}`);
    });
  }
}

/** ONNX Runtime computes the same gradients in float32. */
async function checkEngine(spec: RuleSpec, gradient: GradientModel, feeds: Readonly<Record<string, Value64>>, cotangent: Value64): Promise<void> {
  const all = { ...feeds, [gradient.cotangent]: cotangent };
  const rounded = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, fromTensor(toTensor(value))]));
  const expected = evaluate(gradient.model, rounded, { outputs: Object.values(gradient.gradients) });
  const session = await ort.InferenceSession.create(writeModel(gradient.model), { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const wanted = new Set(session.inputNames);
    const tensors = Object.entries(all)
      .filter(([name]) => wanted.has(name))
      .map(([name, value]) => {
        const { type, data, dims } = toTensor(value);
        return [name, new ort.Tensor(type as "float32", data as Float32Array, dims)] as const;
      });
    const actual = await session.run(Object.fromEntries(tensors), Object.values(gradient.gradients));
    for (const [name, output] of Object.entries(gradient.gradients)) compare(spec, name, expected[output]!, actual[output]!);
  } finally {
    await session.release();
  }
}

function compare(spec: RuleSpec, name: string, expected: Value64, actual: ort.Tensor): void {
  if (String(expected.dims) !== String(actual.dims))
    throw new Error(`${spec.op} (${spec.name}) ${name}: ONNX Runtime gives dims [${actual.dims}], expected [${expected.dims}]`);
  const scale = Math.max(1e-30, ...expected.data.map(Math.abs));
  const data = actual.data as Float32Array;
  expected.data.forEach((want, i) => {
    const error = Math.abs(want - data[i]!) / scale;
    if (!(error <= (spec.float32Tolerance ?? 1e-5)))
      throw new Error(`${spec.op} (${spec.name}) ${name}, index ${i}: ONNX Runtime gives ${data[i]}, expected ${want}`);
  });
}

/** A model of the one node. With `dynamic` no dim of its inputs is known before the run. */
export function modelOf(spec: RuleSpec, inputs: readonly (Value64 | null)[], dynamic: boolean): ModelProto {
  const names = spec.inputs.flatMap((input, i) => (input === null ? [""] : input.outer === true ? [] : [inputName(input.sameAs ?? i)]));
  const outputs = Array.from({ length: spec.outputs ?? 1 }, (_, i) => `output${i}`);
  const free = inputs.flatMap((value, i) => (value === null || !isFree(spec.inputs[i]) ? [] : [{ value, name: inputName(i) }]));
  const constants = inputs.flatMap((value, i) => (value !== null && spec.inputs[i]?.constant === true ? [tensorProto(inputName(i), toTensor(value))] : []));
  const options = (i: number): NodeOptions => ({ name: i === 0 ? "node" : `node${i}`, ...(spec.domain === undefined ? {} : { domain: spec.domain }) });
  const chain = spec.chain ?? [spec.op];
  const between = (i: number): string => `between${i}`;
  const parts = {
    nodes: chain.map((op, i) =>
      nodeProto(
        op,
        [i === 0 ? names[0] : between(i - 1), ...names.slice(1)].filter((name) => name !== undefined),
        i === chain.length - 1 ? outputs : [between(i)],
        spec.attributes,
        options(i),
      ),
    ),
    inputs: free.map(({ name, value }) =>
      valueInfoProto(
        name,
        value.type,
        value.dims.map((dim) => (dynamic ? null : dim)),
      ),
    ),
    outputs: [],
    initializers: constants,
    opset: spec.opset ?? 18,
    ...(spec.domain === undefined ? {} : { domains: { [spec.domain]: 1 } }),
  };
  const facts = inferGraph(modelProto(parts));
  return modelProto({ ...parts, outputs: outputs.map((name) => valueInfoProto(name, facts.get(name)?.type ?? "float32", null)) });
}

export function feedsOf(spec: RuleSpec, inputs: readonly (Value64 | null)[]): Record<string, Value64> {
  return Object.fromEntries(inputs.flatMap((value, i) => (value === null || !isFree(spec.inputs[i]) ? [] : [[inputName(i), value]])));
}

export function wrtOf(spec: RuleSpec): readonly number[] {
  return spec.wrt ?? spec.inputs.flatMap((input, i) => (isFree(input) && isFloatType(input?.type ?? "float32") ? [i] : []));
}

/** Fed by itself: given, no constant, and not another input once more. */
function isFree(input: InputSpec | null | undefined): boolean {
  return input !== null && input?.constant !== true && input?.sameAs === undefined;
}

export function inputName(i: number): string {
  return `input${i}`;
}

export function valuesOf(input: InputSpec, seed: number): Value64 {
  const { dims, type = "float32", values, domain = [-2, 2], avoid = [], distinct = false } = input;
  if (values !== undefined) return value64(type, dims, values);
  const size = sizeOf(dims);
  const random = uniform(seed, size);
  const spread = distinct ? shuffledSteps(random) : random;
  const data = spread.map((share) => awayFrom(domain[0] + share * (domain[1] - domain[0]), avoid));
  return value64(type, dims, Float64Array.from(data, Math.fround));
}

/** Equally spaced shares of [0, 1] in the order of the random ones: no two closer than 1 / size. */
function shuffledSteps(random: readonly number[]): readonly number[] {
  const order = random.map((_, i) => i).sort((a, b) => random[a]! - random[b]!);
  const shares: number[] = [];
  order.forEach((position, rank) => (shares[position] = (rank + 0.5) / random.length));
  return shares;
}

function awayFrom(value: number, kinks: readonly number[]): number {
  const near = kinks.find((kink) => Math.abs(value - kink) < 0.01);
  return near === undefined ? value : near + (value < near ? -0.02 : 0.02);
}

/** Seeded numbers in [0, 1): the standard normal ones through their logistic function. */
function uniform(seed: number, size: number): readonly number[] {
  return Array.from(createNoise(seed).next(size), (x) => 1 / (1 + Math.exp(-1.7 * x)));
}

export function noise(seed: number, { type, dims }: Value64): Value64 {
  return value64(type, dims, Float64Array.from(createNoise(seed).next(sizeOf(dims)), Math.fround));
}

/** A seed of its own for every row, from its name. */
export function seedOf({ op, name }: RuleSpec): number {
  return [...`${op} ${name}`].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
}
