import { spatialDims, windowsOf } from "../../formulas/windows/conv-geometry.ts";
import { kernelOf } from "../../formulas/windows/kernel-of.ts";
import type { PullbackContext } from "../../sweep/rule.ts";
import { blockedImage } from "./blocked.ts";

/** A convolution that halves an image in the blocked layout. */
export interface HalvingConv {
  readonly channels: number;
  readonly outputs: number;
  readonly group: number;
  readonly kernel: readonly number[];
  /** Padding before the rows and the columns, at most k − 1. */
  readonly begin: readonly number[];
}

/** Reads a Conv with stride 2 whose output has exactly half the rows and columns of its input, and of which only the input's gradient is wanted; else null. */
export function halvingConv({ node, attributes, input, output, inputCount, wants }: PullbackContext): HalvingConv | null {
  const [x, weights] = [input(0), input(1)];
  const [large, small] = [blockedImage(x), blockedImage(output(0))];
  if (large === null || small === null || wants(1) || (inputCount > 2 && wants(2))) return null;
  const { kernel, strides, dilations, pads } = windowsOf(attributes, kernelOf(attributes, weights, node), spatialDims(x));
  const plain = strides.every((stride) => stride === 2) && dilations.every((dilation) => dilation === 1);
  const halves = large.height === 2 * small.height && large.width === 2 * small.width;
  if (!plain || !halves || pads === null || pads.begin.some((pad, axis) => pad >= kernel[axis]!)) return null;
  return { channels: large.channels, outputs: small.channels, group: attributes.int("group", 1), kernel, begin: pads.begin };
}
