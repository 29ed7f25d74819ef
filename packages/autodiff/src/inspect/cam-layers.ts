import { bottlenecks } from "@xdeep/core/backend";
import { Attributes, type Dim, type NodeProto, isFloatType, numbersOf, operandsOf, axisFromFront } from "@xdeep/onnx";
import { scoredValue } from "../explain/score.ts";
import type { TypedGraph } from "../graph/typed-graph.ts";
import { type ActivePath, activePath } from "../sweep/path/active-path.ts";
import { carriesGradient } from "../sweep/coverage.ts";

/** A value with channels and positions, at which class activation maps are taken. */
export interface CamLayer {
  readonly name: string;
  readonly dims: readonly Dim[];
  readonly channelAxis: number;
}

/** Operators whose result is what they read, moved or thinned out: the value in front of them is the layer. A Concat of several layers' channels is a layer of its own. */
const LAYOUT: ReadonlySet<string> = new Set([
  "AveragePool",
  "Cast",
  "Concat",
  "Dropout",
  "Flatten",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "Identity",
  "LpPool",
  "MaxPool",
  "Pad",
  "Reshape",
  "Slice",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

const POOLS: ReadonlySet<string> = new Set(["AveragePool", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "LpPool", "MaxPool"]);
const RECURRENT: ReadonlySet<string> = new Set(["GRU", "LSTM", "RNN"]);
const REDUCTIONS = /^Reduce(Mean|Sum|Max|L1|L2|LogSumExp|SumSquare|Prod|Min)$/;
/** Operators that put channels at axis 1, whatever the axes were before. */
const CHANNELS_FIRST: ReadonlySet<string> = new Set([
  "BatchNormalization",
  "Conv",
  "ConvTranspose",
  "DeformConv",
  "GroupNormalization",
  "InstanceNormalization",
  "LRN",
  ...POOLS,
]);

/**
 * The layers at which class activation maps are taken, from the input on; the last is the one to choose. Every path from `input` to the score passes
 * them, they have more than one position, they are not made by pooling, padding or a layout operator, and behind them an operator mixes positions.
 */
export function camLayers(graph: TypedGraph, output: string, input: string): readonly CamLayer[] {
  const of = scoredValue(graph, output, "logit").value;
  const path = activePath(graph, of, [input], carriesGradient);
  const axes = channelAxes(graph, path, input);
  const behind = mixersBehind(graph, path, axes);
  const layers: CamLayer[] = [];
  for (const name of commonValues(path, input, of)) {
    const { type = null, dims = null } = graph.facts.get(name) ?? {};
    const producer = graph.producers.get(name);
    const channelAxis = axes.get(name);
    if (dims === null || channelAxis === undefined || producer === undefined || !isFloatType(type) || isMoved(graph, path, producer, channelAxis)) continue;
    const positions = dims.filter((_, axis) => axis !== 0 && axis !== channelAxis);
    if (positions.some((dim) => dim !== 1) && dims[channelAxis] !== 1 && behind.has(name)) layers.push({ name, dims, channelAxis });
  }
  return layers;
}

/** Whether a node makes nothing new: an operator of layout, unless it puts the channels of several layers together, as the blocks of an Inception network end. */
function isMoved(graph: TypedGraph, { values }: ActivePath, node: NodeProto, channelAxis: number): boolean {
  if (!LAYOUT.has(node.opType)) return false;
  const rank = graph.facts.get(node.output[0]!)?.dims?.length ?? 0;
  const axis = new Attributes(node).int("axis", 0);
  return node.opType !== "Concat" || axisFromFront(axis, rank) !== channelAxis || node.input.filter((name) => values.has(name)).length < 2;
}

/** The values that every path from the input to the score passes. */
function commonValues({ nodes, values }: ActivePath, input: string, of: string): readonly string[] {
  const isOnPath = (name: string): boolean => values.has(name);
  return bottlenecks(
    nodes.map((node) => ({ reads: operandsOf(node).filter(isOnPath), makes: node.output.filter(isOnPath) })),
    input,
    of,
  );
}

/** Where the channels of each value on the path are, as far as operators show it. */
function channelAxes(graph: TypedGraph, { nodes, values }: ActivePath, input: string): ReadonlyMap<string, number> {
  const axes = new Map<string, number>();
  const rankOf = (name: string): number => graph.facts.get(name)?.dims?.length ?? 0;
  if (rankOf(input) > 1) axes.set(input, channelAxisOfInput(graph, input));
  for (const node of nodes) {
    const source = node.input.find((name) => values.has(name)) ?? "";
    const axis = channelAxisOf(graph, node, source, axes.get(source));
    for (const name of node.output) if (values.has(name) && axis !== undefined && axis < rankOf(name)) axes.set(name, axis);
  }
  return axes;
}

/** Pictures have few channels; tokens that the network makes of integers have theirs last. */
function channelAxisOfInput(graph: TypedGraph, input: string): number {
  const dims = graph.facts.get(input)?.dims ?? [];
  const isFew = (dim: Dim | undefined): boolean => dim === 1 || dim === 3 || dim === 4;
  if (dims.length === 3 && graph.producers.has(input)) return 2;
  return dims.length === 4 && !isFew(dims[1]) && isFew(dims[3]) ? 3 : 1;
}

function channelAxisOf(graph: TypedGraph, node: NodeProto, source: string, before: number | undefined): number | undefined {
  const dimsOf = (name: string): readonly Dim[] => graph.facts.get(name)?.dims ?? [];
  const result = dimsOf(node.output[0] ?? "");
  if (CHANNELS_FIRST.has(node.opType)) return 1;
  if (node.opType === "MatMul" || node.opType === "Gemm" || node.opType === "LayerNormalization") return result.length - 1;
  if (before === undefined) return undefined;
  if (node.opType === "Transpose") {
    const order = new Attributes(node).ints(
      "perm",
      result.map((_, axis) => result.length - 1 - axis),
    );
    return order.indexOf(before);
  }
  if (result.length === dimsOf(source).length) return before;
  // Positions that are folded into one axis leave the channels where a dim of their size stays.
  const size = dimsOf(source)[before];
  const after = before === dimsOf(source).length - 1 ? result.length - 1 : before;
  return result[after] === size ? after : undefined;
}

/** The values behind which an operator brings positions together. */
function mixersBehind(graph: TypedGraph, { nodes, values }: ActivePath, axes: ReadonlyMap<string, number>): ReadonlySet<string> {
  const behind = new Set<string>();
  for (const node of nodes.toReversed()) {
    const mixes = mixesPositions(graph, node, values, axes) || node.output.some((name) => behind.has(name));
    if (mixes) for (const name of operandsOf(node)) if (values.has(name)) behind.add(name);
  }
  return behind;
}

function mixesPositions(graph: TypedGraph, node: NodeProto, values: ReadonlySet<string>, axes: ReadonlyMap<string, number>): boolean {
  const source = node.input.find((name) => values.has(name)) ?? "";
  const dims = graph.facts.get(source)?.dims ?? [];
  const channel = axes.get(source) ?? 1;
  if (POOLS.has(node.opType) || RECURRENT.has(node.opType) || node.opType === "Flatten") return true;
  if (node.opType === "Conv" || node.opType === "ConvTranspose") return kernelOf(graph, node).some((size) => size !== 1);
  if (REDUCTIONS.test(node.opType)) return reducedAxes(graph, node, dims.length).some((axis) => axis !== 0 && axis !== channel && dims[axis] !== 1);
  if (node.opType === "MatMul" || node.opType === "Einsum" || node.opType === "Attention") {
    // A product of two values of the network joins positions; one with weights does where its last axis holds them.
    return node.input.filter((name) => values.has(name)).length > 1 || (node.input[0] === source && channel !== dims.length - 1) || node.input[1] === source;
  }
  // A flatten, however it is written: everything of a row on one axis. Where the channels stay apart, positions were only joined to the rows.
  const result = graph.facts.get(node.output[0] ?? "")?.dims ?? [];
  return node.opType === "Reshape" && result.length <= 2 && dims.length > 2 && (dims[channel] === null || result.at(-1) !== dims[channel]);
}

function kernelOf(graph: TypedGraph, node: NodeProto): readonly Dim[] {
  return graph.facts.get(node.input[1] ?? "")?.dims?.slice(2) ?? new Attributes(node).ints("kernel_shape", [1]);
}

function reducedAxes(graph: TypedGraph, node: NodeProto, rank: number): readonly number[] {
  const facts = graph.facts.get(node.input[1] ?? "");
  const axes = (facts === undefined ? null : numbersOf(facts)) ?? new Attributes(node).ints("axes", []);
  return axes.length === 0 ? Array.from({ length: rank }, (_, axis) => axis) : axes.map((axis) => axisFromFront(axis, rank));
}
