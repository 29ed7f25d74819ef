import type { Value } from "@xdeep/onnx";
import { constantNumber } from "../../formulas/constant-number.ts";
import { clipRule } from "../../rules/arithmetic/clip.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import type { PullbackContext } from "../../sweep/rule.ts";
import { STEEPEST, blockedImage, eachChannel, hardSigmoid } from "../convolutions/blocked.ts";

/** Powers of two: products with them are exact. */
const SMALL = 2 ** -10;
const STEEP = 2 ** 100;

/** Upper bounds whose distance to the next float32 is at least 2⁻⁹⁰, and which are below 1 / SMALL. */
const LEAST = 2 ** -60;
const MOST = 2 ** 9;

/**
 * Clip(0, b), ReLU6: x̄ = ȳ where 0 < y < b, the gate in two passes and not three. With a = [y = 0], t = (y − b) / 2¹⁰ + a is negative exactly
 * where the gate is open; convolution, sum and the HardSigmoid that makes 0 or 1 of t are one kernel.
 *
 * MobileNetV2: 17.2 → 15.6 ms.
 */
export const clipGate: Lowering = {
  name: "clip-gate",
  rule: clipRule,
  pullback: function clipGatePullback(context) {
    const { g, output, cotangent, inputCount, wants } = context;
    const y = output(0);
    const high = upperBound(context);
    if (high === null || blockedImage(y) === null || wants(1) || wants(2)) return null;
    const closedBelow = hardSigmoid(g, y, -STEEPEST, 1);
    const distance = g.add(eachChannel(g, y, { kernel: [[SMALL]], bias: -high * SMALL }), closedBelow);
    return [g.mul(cotangent(0), hardSigmoid(g, distance, -STEEP, 0)), null, null].slice(0, inputCount);
  },
};

/** b of Clip(0, b); null for other bounds. */
function upperBound({ input, hasInput }: PullbackContext): number | null {
  const [low, high] = [1, 2].map((i) => (hasInput(i) ? constantNumber(input(i) as Value) : undefined));
  return low === 0 && high !== undefined && high >= LEAST && high <= MOST ? high : null;
}
