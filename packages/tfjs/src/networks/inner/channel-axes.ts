import type { KernelCall, RecordedOutput } from "../../tape/recording.ts";

/** Kernels that have channels in front of the positions or behind them, as their data format says. */
const IMAGES: ReadonlySet<string> = new Set([
  "AvgPool",
  "AvgPool3D",
  "Conv2D",
  "Conv2DBackpropInput",
  "Conv3D",
  "DepthwiseConv2dNative",
  "FusedBatchNorm",
  "FusedConv2D",
  "FusedDepthwiseConv2D",
  "LRN",
  "MaxPool",
  "MaxPool3D",
]);

/** Where the channels of each value on the path are, as far as kernels show it. */
export function channelAxes(calls: readonly KernelCall[], from: RecordedOutput): ReadonlyMap<number, number> {
  const axes = new Map<number, number>();
  if (from.shape.length > 1) axes.set(from.id, channelAxisOfInput(from.shape));
  for (const call of calls) {
    const source = Object.values(call.inputs).find(({ live }) => live)!;
    const before = axes.get(source.id);
    for (const { id, shape } of call.outputs) {
      const axis = channelAxisOf(call, { before, from: source.shape, to: shape });
      if (axis !== undefined && axis < shape.length) axes.set(id, axis);
    }
  }
  return axes;
}

/** Channels come last, unless the sizes of a picture say otherwise. */
function channelAxisOfInput(shape: readonly number[]): number {
  const isFew = (size: number | undefined): boolean => size === 1 || size === 3 || size === 4;
  return shape.length === 4 && isFew(shape[1]) && !isFew(shape[3]) ? 1 : shape.length - 1;
}

interface Change {
  readonly before: number | undefined;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function channelAxisOf({ kernel, attrs }: KernelCall, { before, from, to }: Change): number | undefined {
  if (IMAGES.has(kernel)) return /^(NC|channelsFirst)/.test(String(attrs["dataFormat"])) ? 1 : to.length - 1;
  if (kernel === "BatchMatMul" || kernel === "_FusedMatMul") return to.length - 1;
  if (before === undefined) return undefined;
  if (kernel === "Transpose") return (attrs["perm"] as readonly number[]).indexOf(before);
  if (to.length === from.length) return before;
  // Positions that are folded into one axis leave the channels where an axis of their size stays.
  const after = before === from.length - 1 ? to.length - 1 : before;
  return to[after] === from[before] ? after : undefined;
}
