import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import type { FloatTensor, TensorOf } from "@xdeep/core";

import type { Network, NetworkInput } from "./network.ts";
import { evaluate } from "./reference/evaluate.ts";
import { shapesOf } from "./reference/shapes.ts";
import type { Value } from "./reference/value.ts";
import { type LayersModelArtifacts, writeLayersModel } from "./write/write-layers-model.ts";
import { writeOnnx } from "./write/write-onnx.ts";

/** Numbers with dims [N, …], of whatever array. */
export interface Numbers {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What a fixture is fed: float32, or int32 indices. */
export type FixtureFeeds = Readonly<Record<string, FloatTensor | TensorOf<"int32">>>;

export interface FixtureOutput {
  readonly name: string;
  /** Of one row; images [C, H, W]. */
  readonly dims: readonly number[];
  /** The output is a Softmax or Sigmoid, whose argument is the logit. */
  readonly activation: "softmax" | "sigmoid" | null;
}

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
  readonly outputs: readonly FixtureOutput[];
  /** The bytes of an ONNX file, opset 18. Images are [N, C, H, W]. */
  onnx(): Uint8Array;
  /** A TensorFlow.js LayersModel. Images are [N, H, W, C]. */
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
    outputs: network.outputs.map((name) => ({ name, dims: shapes.get(name)!, activation: finalActivation(network, name) })),
    onnx: () => writeOnnx(network),
    layersModel: () => writeLayersModel(network),
    evaluate: (feeds) => evaluateRows(network, feeds),
    sample: (rows, sampleSeed = seed) => Object.fromEntries(network.inputs.map((input, i) => [input.name, sampleInput(input, rows, scale, sampleSeed, i)])),
  };
}

/** Row n of every feed, in double precision. */
export function rowOf(feeds: Readonly<Record<string, Numbers>>, row: number): Readonly<Record<string, Value>> {
  const valueOf = ({ dims: [, ...dims], data }: Numbers): Value => {
    const size = sizeOf(dims);
    return { dims, data: Float64Array.from({ length: size }, (_, i) => data[row * size + i]!) };
  };
  return Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, valueOf(feed)]));
}

function evaluateRows(network: Network, feeds: Readonly<Record<string, Numbers>>): Record<string, { dims: readonly number[]; data: Float64Array }> {
  const rows = feeds[network.inputs[0]!.name]!.dims[0]!;
  const runs = Array.from({ length: rows }, (_, row) => evaluate(network, rowOf(feeds, row)));
  const joined = (name: string): { dims: readonly number[]; data: Float64Array } => {
    const values = runs.map((run) => run.get(name)!);
    return { dims: [rows, ...(values[0]?.dims ?? [])], data: Float64Array.from(values.flatMap(({ data }) => [...data])) };
  };
  return Object.fromEntries(network.outputs.map((name) => [name, joined(name)]));
}

function finalActivation({ nodes }: Network, output: string): FixtureOutput["activation"] {
  const layer = nodes.find(({ name }) => name === output)?.layer;
  if (layer?.op === "softmax") return "softmax";
  return layer?.op === "activation" && layer.name === "sigmoid" ? "sigmoid" : null;
}

function sampleInput({ type, dims, count = 1 }: NetworkInput, rows: number, scale: number, seed: number, stream: number): FixtureFeeds[string] {
  const shape = [rows, ...dims];
  const noise = createNoise(seed, stream).next(sizeOf(shape));
  return type === "float32"
    ? { type, dims: shape, data: Float32Array.from(noise, (value) => value * scale) }
    : { type, dims: shape, data: Int32Array.from(noise, (value) => Math.floor(Math.abs(value) * count) % count) };
}
