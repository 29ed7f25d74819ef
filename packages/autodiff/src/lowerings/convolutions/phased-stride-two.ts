import type { GraphBuilder, Value } from "@xdeep/onnx";
import { inPhases } from "../../formulas/phases.ts";
import { convRule } from "../../rules/windows/conv.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import { halvingConv } from "./halving-conv.ts";
import { blockedImage } from "./blocked.ts";

/** Rows and columns of ȳ up to which this pays: beyond, putting the phases together costs what the convolutions gain. */
const LARGEST = 14;

/**
 * Conv with stride 2 to a small image: x̄[2 m + r] = Σₖ w[k] ȳ[m + t] with t = (r + p − k) / 2 for even r + p − k. Each of the four phases r is a
 * convolution of ȳ by its share of the kernel.
 *
 * 3×3 on one thread, against a transposed convolution: 512 channels to 512 at 7², 4.56 → 3.08 ms; 256 to 512, 2.15 → 1.67; 128 to 256 at 14²,
 * 1.77 → 1.64; at 28² no gain (2.01, 1.99). Interleaving by upsampling, or one convolution to all phases with zeros, is not faster.
 */
export const phasedStrideTwo: Lowering = {
  name: "phased-stride-two",
  rule: convRule,
  pullback: function phasedStrideTwoPullback(context) {
    const { g, input, output, cotangent, around, inputCount } = context;
    const conv = halvingConv(context);
    const small = blockedImage(output(0));
    if (conv === null || conv.group !== 1 || small === null || Math.max(small.height, small.width) > LARGEST) return null;
    const axes = conv.kernel.map((size, axis) => [0, 1].map((r) => tapsOf(size, conv.begin[axis]!, r)));
    if (axes.flat().some((taps) => taps === null)) return null;
    const phase = (row: number, column: number): Value => phaseOf(g, cotangent(0), input(1), [axes[0]![row]!, axes[1]![column]!]);
    const dx = inPhases(g, around.forms, [phase(0, 0), phase(0, 1), phase(1, 0), phase(1, 1)]);
    return [dx, null, null].slice(0, inputCount);
  },
};

/** What one axis contributes to a phase: every second position of the kernel from the last that counts, and the padding of ȳ. */
interface Taps {
  readonly last: number;
  readonly count: number;
  readonly before: number;
  readonly behind: number;
}

/** Null where a phase has no tap on ȳ itself, as very uneven padding makes it. */
function tapsOf(size: number, pad: number, r: number): Taps | null {
  const last = (size - 1 - r - pad) % 2 === 0 ? size - 1 : size - 2;
  const count = Math.floor(last / 2) + 1;
  const before = (last - r - pad) / 2;
  const behind = count - 1 - before;
  return last >= 0 && before >= 0 && behind >= 0 ? { last, count, before, behind } : null;
}

function phaseOf(g: GraphBuilder, dy: Value, weights: Value, taps: readonly [Taps, Taps]): Value {
  const [ends, steps] = [g.ints([-(2 ** 31), -(2 ** 31)]), g.ints([-2, -2])];
  const share = g.slice(weights, g.ints(taps.map(({ last }) => last)), ends, g.ints([2, 3]), steps);
  const pads = [...taps.map(({ before }) => before), ...taps.map(({ behind }) => behind)];
  return g.op("Conv", [dy, g.transpose(share, [1, 0, 2, 3])], { kernel_shape: taps.map(({ count }) => count), pads });
}
