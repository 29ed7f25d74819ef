import { sizeOf } from "@xdeep/core";
import { joinArrays } from "@xdeep/core/backend";
import { createNoise } from "@xdeep/core/method";
import type { Activation, FloatTensor, TensorOf, ValueInfo } from "@xdeep/core";

import type { Network, NetworkInput } from "./network.ts";
import { evaluate } from "../reference/evaluate.ts";
import { shapesOf } from "../reference/shapes.ts";
import type { Value } from "../reference/value.ts";
import { type LayersModelArtifacts, writeLayersModel } from "../write/write-layers-model.ts";
import { writeOnnx } from "../write/write-onnx.ts";

/** Numbers with dims [N, …], of whatever array. */
export interface Numbers {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What a fixture is fed: float32, or int32 indices. */
export type FixtureFeeds = Readonly<Record<string, FloatTensor | TensorOf<"int32">>>;

/** One small network in every form that a backend may load. All forms compute the same function with the same names. */
export interface Fixture {
  /** Stable, such as "conv2d-dilation". */
  readonly id: string;
  /** What the network is there for. */
  readonly summary: string;
  /** Of its weights and of `sample`. */
  readonly seed: number;
  /** Layers with their weights, as plain data. */
  readonly network: Network;
  /** As the contract describes them: [null, …], images [null, C, H, W]. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The bytes of an ONNX file, opset 18. Images are [N, C, H, W]. */
  onnx(): Uint8Array;
  /**
   * A TensorFlow.js LayersModel. Images are [N, H, W, C].
   *
   * @throws {XDeepError} MODEL_UNSUPPORTED where an input has no batch axis, which every input of a LayersModel has
   */
  layersModel(): LayersModelArtifacts;
  /** The network as a plain function in double precision: any number of rows, images [N, C, H, W]. Every output by name. */
  evaluate(feeds: Readonly<Record<string, Numbers>>): Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Float64Array }>>;
  /** Seeded inputs of N rows, images [N, C, H, W]. */
  sample(rows: number, seed?: number): FixtureFeeds;
}

export interface FixtureOptions {
  readonly id: string;
  readonly summary: string;
  readonly seed: number;
  readonly network: Network;
  /** Standard deviation of sampled float inputs. Default 1. */
  readonly scale?: number;
}

/** A fixture of a network. */
export function fixture({ id, summary, seed, network, scale = 1 }: FixtureOptions): Fixture {
  const shapes = shapesOf(network);
  return {
    id,
    summary,
    seed,
    network,
    inputs: network.inputs.map(inputInfo),
    outputs: network.outputs.map((name) => ({
      name,
      type: "float32",
      dims: [null, ...shapes.get(name)!],
      layout: null,
      activation: finalActivation(network, name),
    })),
    onnx: () => writeOnnx(network),
    layersModel: () => writeLayersModel(network),
    evaluate: (feeds) => evaluateRows(network, feeds),
    sample: (rows, sampleSeed = seed) => Object.fromEntries(network.inputs.map((input, i) => [input.name, sampleInput(input, rows, scale, sampleSeed, i + 1)])),
  };
}

/** Row n of every feed, in double precision; feeds without a batch axis whole. */
export function rowOf({ inputs }: Pick<Network, "inputs">, feeds: Readonly<Record<string, Numbers>>, row: number): Readonly<Record<string, Value>> {
  const axes = new Map(inputs.map((input) => [input.name, batchAxisOf(input)]));
  const valueOf = (name: string, { dims, data }: Numbers): Value => {
    const axis = axes.has(name) ? axes.get(name)! : 0;
    if (axis === null) return { dims, data: Float64Array.from(data) };
    const own = dims.toSpliced(axis, 1);
    const inner = sizeOf(dims.slice(axis + 1));
    const at = (i: number): number => (Math.floor(i / inner) * dims[axis]! + row) * inner + (i % inner);
    const values = new Float64Array(sizeOf(own));
    for (let i = 0; i < values.length; i++) values[i] = data[at(i)]!;
    return { dims: own, data: values };
  };
  return Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, valueOf(name, feed)]));
}

/** Where the batch comes in between the dims of a row; null where an input has none. */
function batchAxisOf({ batched, batchAxis }: NetworkInput): number | null {
  return batched === false ? (batchAxis ?? null) : 0;
}

function inputInfo({ name, type, dims, batched, batchAxis }: NetworkInput): ValueInfo {
  if (batchAxis !== undefined) return { name, type, dims: dims.toSpliced(batchAxis, 0, null as never), layout: null, batched: false, batchAxis };
  return batched === false ? { name, type, dims, layout: null, batched } : { name, type, dims: [null, ...dims], layout: dims.length === 3 ? "NCHW" : null };
}

function evaluateRows(network: Network, feeds: Readonly<Record<string, Numbers>>): Record<string, { dims: readonly number[]; data: Float64Array }> {
  const rows = feeds[network.inputs.find(({ batched }) => batched !== false)!.name]!.dims[0]!;
  const runs = Array.from({ length: rows }, (_, row) => evaluate(network, rowOf(network, feeds, row)));
  const joined = (name: string): { dims: readonly number[]; data: Float64Array } => {
    const values = runs.map((run) => run.get(name)!);
    return {
      dims: [rows, ...(values[0]?.dims ?? [])],
      data: joinArrays(
        Float64Array,
        values.map(({ data }) => data),
      ),
    };
  };
  return Object.fromEntries(network.outputs.map((name) => [name, joined(name)]));
}

function finalActivation({ nodes }: Network, output: string): Activation | null {
  const layer = nodes.find(({ name }) => name === output)?.layer;
  if (layer?.op === "softmax") return "softmax";
  if (layer?.op === "logSoftmax") return "log-softmax";
  return layer?.op === "activation" && layer.name === "sigmoid" ? "sigmoid" : null;
}

function sampleInput(input: NetworkInput, rows: number, scale: number, seed: number, stream: number): FixtureFeeds[string] {
  const { type, dims, count = 1 } = input;
  const axis = batchAxisOf(input);
  const shape = axis === null ? dims : dims.toSpliced(axis, 0, rows);
  const noise = createNoise(seed, stream).next(sizeOf(shape));
  return type === "float32"
    ? { type, dims: shape, data: Float32Array.from(noise, (value) => value * scale) }
    : { type, dims: shape, data: Int32Array.from(noise, (value) => Math.floor(Math.abs(value) * count) % count) };
}
