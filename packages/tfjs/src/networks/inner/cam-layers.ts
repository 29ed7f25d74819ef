import { bottlenecks } from "@xdeep/core/backend";

import type { KernelCall, RecordedInput, RecordedOutput } from "../../tape/recording.ts";
import { channelAxes } from "./channel-axes.ts";
import { mixesPositions } from "./mixes-positions.ts";

/** A value with channels and positions, at which class activation maps are taken. */
export interface CamLayer {
  readonly id: number;
  readonly channelAxis: number;
}

export interface CamLayersOptions {
  readonly from: RecordedOutput;
  /** Id of the score's value. */
  readonly to: number;
  /** Values that can be asked for. */
  readonly isNamed: (id: number) => boolean;
}

/** Kernels whose result is what they read, moved or thinned out: the value in front of them is the layer. A Concat of several layers' channels is a layer of its own. */
const LAYOUT: ReadonlySet<string> = new Set([
  "AvgPool",
  "AvgPool3D",
  "Cast",
  "Concat",
  "ExpandDims",
  "Identity",
  "MaxPool",
  "MaxPool3D",
  "MirrorPad",
  "PadV2",
  "Reshape",
  "Slice",
  "StridedSlice",
  "Transpose",
]);

/**
 * The layers at which class activation maps are taken, from the input on; the last is the one to choose. Every path to the score passes them, they have more than
 * one position, they are not made by pooling, padding or a layout kernel, and behind them a kernel mixes positions.
 *
 * @param calls the kernels on the way from the input to the score, in order
 */
export function camLayers(calls: readonly KernelCall[], { from, to, isNamed }: CamLayersOptions): readonly CamLayer[] {
  const steps = calls.map(({ inputs, outputs }) => ({ reads: liveOf(inputs).map(({ id }) => id), makes: outputs.map(({ id }) => id) }));
  const axes = channelAxes(calls, from);
  const behind = mixersBehind(calls, axes);
  const makers = new Map(calls.flatMap((call) => call.outputs.map(({ id }) => [id, call] as const)));
  return bottlenecks(steps, from.id, to).flatMap((id) => {
    const channelAxis = axes.get(id);
    if (!isNamed(id) || channelAxis === undefined || !behind.has(id) || isMoved(makers, id, axes, isNamed)) return [];
    const { shape } = makers.get(id)!.outputs.find((output) => output.id === id)!;
    const hasPositions = shape.some((size, axis) => axis !== 0 && axis !== channelAxis && size !== 1);
    return hasPositions && shape[channelAxis] !== 1 ? [{ id, channelAxis }] : [];
  });
}

/** Whether layout kernels alone make a value of one that has a name; layers reshape what they compute, too. */
function isMoved(makers: ReadonlyMap<number, KernelCall>, id: number, axes: ReadonlyMap<number, number>, isNamed: (id: number) => boolean): boolean {
  const maker = makers.get(id);
  if (maker === undefined || !LAYOUT.has(maker.kernel)) return maker === undefined;
  if (joinsChannels(maker, axes.get(id))) return false;
  const sources = liveOf(maker.inputs).map((input) => input.id);
  return sources.length !== 1 || isNamed(sources[0]!) || isPool(maker) || isMoved(makers, sources[0]!, axes, isNamed);
}

/** Whether a kernel puts the channels of several layers together, as the blocks of an Inception network end. */
function joinsChannels({ kernel, attrs, inputs, outputs }: KernelCall, channelAxis: number | undefined): boolean {
  const axis = attrs["axis"] as number;
  return kernel === "Concat" && (axis < 0 ? axis + outputs[0]!.shape.length : axis) === channelAxis && liveOf(inputs).length > 1;
}

function isPool({ kernel }: KernelCall): boolean {
  return kernel.includes("Pool");
}

/** The values behind which a kernel brings positions together. */
function mixersBehind(calls: readonly KernelCall[], axes: ReadonlyMap<number, number>): ReadonlySet<number> {
  const behind = new Set<number>();
  for (const call of calls.toReversed()) {
    const mixes = mixesPositions(call, axes) || call.outputs.some(({ id }) => behind.has(id));
    if (mixes) for (const { id } of liveOf(call.inputs)) behind.add(id);
  }
  return behind;
}

export function liveOf(inputs: KernelCall["inputs"]): readonly RecordedInput[] {
  return Object.values(inputs).filter(({ live }) => live);
}
