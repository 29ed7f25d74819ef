import { type GraphBuilder, type Value, float } from "@xdeep/onnx";
import type { PullbackContext } from "../../sweep/rule.ts";

/**
 * Parts of gradients that stay in the blocked layout in which ONNX Runtime's CPU kernels hold the results of convolutions: blocks of 16 channels
 * where vectors have 512 bits. Leaving it and coming back costs two copies of the value.
 */

/** Channels of a block; a number of channels that it divides is laid out without padding on every processor. */
const BLOCK = 16;

/** 2¹²⁷, the largest power of two in float32: every normal positive number times it is at least 1. */
export const STEEPEST: number = 2 ** 127;

/** The dims of an image [N, C, H, W] in float32 whose channels fill blocks and whose height and width are known; else null. */
export function blockedImage(x: Value): { readonly channels: number; readonly height: number; readonly width: number } | null {
  const [, channels, height, width] = x.facts.dims ?? [];
  if (x.facts.type !== "float32" || x.facts.dims?.length !== 4) return null;
  if (typeof channels !== "number" || typeof height !== "number" || typeof width !== "number") return null;
  return channels > 0 && channels % BLOCK === 0 ? { channels, height, width } : null;
}

/** max(0, min(1, αx + β)). */
export function hardSigmoid(g: GraphBuilder, x: Value, alpha: number, beta: number): Value {
  return g.op("HardSigmoid", [x], { alpha: float(alpha), beta: float(beta) });
}

export interface EachChannel {
  /** Rows of the kernel. */
  readonly kernel: readonly (readonly number[])[];
  readonly strides?: readonly [number, number];
  /** Above, left, below, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly bias?: number;
}

/** The same small convolution of every channel. A fused sum and HardSigmoid behind it cost no pass of their own. */
export function eachChannel(g: GraphBuilder, x: Value, { kernel, strides = [1, 1], pads = [0, 0, 0, 0], bias }: EachChannel): Value {
  const channels = x.facts.dims![1] as number;
  const [rows, columns] = [kernel.length, kernel[0]!.length];
  const weights = filled(g, [channels, 1, rows, columns], kernel.flat());
  const biases = bias === undefined ? null : filled(g, [channels], [bias]);
  return g.op("Conv", [x, weights, biases], { kernel_shape: [rows, columns], strides, pads, group: channels });
}

/** A constant in which the same numbers repeat. */
function filled(g: GraphBuilder, dims: readonly number[], numbers: readonly number[]): Value {
  return once(g, `filled ${dims} ${numbers}`, () => {
    const data = new Float32Array(dims.reduce((size, dim) => size * dim, 1));
    data.forEach((_, i) => (data[i] = numbers[i % numbers.length]!));
    return g.constant({ type: "float32", dims, data }, "filled");
  });
}

/** Every element of an image in a cell of its own, rows × columns: nearest upsampling. */
export function upsampled(g: GraphBuilder, x: Value, rows: number, columns: number): Value {
  const scales = g.constant({ type: "float32", dims: [4], data: Float32Array.of(1, 1, rows, columns) }, "scales");
  return g.op("Resize", [x, null, scales], { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" });
}

/**
 * A value [N, C, H, W] that repeats `pattern` [H, W] in every channel, made at run time: a constant factor would take a product out of the
 * blocked layout, and a convolution of a single channel puts it in. Null where the graph has no float32 input with the batch of `like`.
 */
export function patterned(context: PullbackContext, like: Value, name: string, pattern: (row: number, column: number) => number): Value | null {
  const { g, around } = context;
  const [batch, channels, height, width] = like.facts.dims as readonly [number | string | null, number, number, number];
  const source = around.inputs.find(({ facts }) => facts.type === "float32" && (facts.dims?.length ?? 0) > 0 && facts.dims?.[0] === batch && batch !== null);
  if (source === undefined) return null;
  return once(g, `pattern ${name} ${channels} ${height} ${width}`, () => {
    const data = Float32Array.from({ length: height * width }, (_, i) => pattern(Math.floor(i / width), i % width));
    const plane = g.constant({ type: "float32", dims: [1, 1, height, width], data }, name);
    return g.op("Conv", [g.mul(plane, runTimeOnes(g, source)), filled(g, [channels, 1, 1, 1], [1])], { kernel_shape: [1, 1] });
  });
}

/** [N, 1, 1, 1] of ones that no engine folds: NaN where the first element of a row is not finite, as its gradient would be. */
function runTimeOnes(g: GraphBuilder, source: Value): Value {
  return once(g, `ones ${source.name}`, () => {
    const axes = source.facts.dims!.slice(1).map((_, i) => i + 1);
    const list = (value: number): Value => g.ints(axes.map(() => value));
    const first = axes.length === 0 ? source : g.slice(source, list(0), list(1), g.ints(axes));
    return hardSigmoid(g, g.reshape(first, g.ints([-1, 1, 1, 1])), 0, 1);
  });
}

const written = new WeakMap<GraphBuilder, Map<string, Value>>();

/** What `make` wrote the first time for this key. */
function once(g: GraphBuilder, key: string, make: () => Value): Value {
  const known = written.get(g) ?? new Map<string, Value>();
  written.set(g, known);
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
