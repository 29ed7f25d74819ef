import { ruleName } from "../contract/check-model.ts";
import { XDeepError } from "../errors/error.ts";
import { fromFloat64, toFloat64 } from "../tensors/float-values.ts";
import type { ForwardResult, VjpResult } from "../contract/model.ts";
import type { ForwardPlan, VjpPlan } from "../requests/plan-request.ts";
import type { FloatTensor, Tensor } from "../tensors/tensor.ts";

/** Steps of the two central differences, as a share of the largest value that is moved. */
const STEPS = [1e-2, 2.5e-3] as const;

/** A difference counts where it is well above what float32 loses in a score. */
const NOISE = 2e-5;

/** Scores at feeds that were moved a little. */
export type ScoresAt = (feeds: Readonly<Record<string, Tensor>>) => Promise<Float32Array>;

/** What is known of a gradient besides the call. */
export interface ZeroGradientFacts {
  /** Calls of one kind run the same kernels. */
  readonly kind: string;
  /** Whether the network has steps, whose derivative is zero although their value moves. */
  readonly hasSteps: () => boolean;
  readonly engine: SuspectedEngine;
  readonly forward: (plan: ForwardPlan) => Promise<Pick<ForwardResult, "scores">>;
}

/** Looks into gradients that are zero everywhere, once per kind of call: one that is not vouches for its kind. */
export class ZeroGradientCheck {
  readonly #vouched = new Set<string>();

  /** @throws {XDeepError} ENGINE_FAILED for a gradient that is zero though the score changes */
  async check(
    plan: VjpPlan,
    { gradients, target }: Pick<VjpResult, "gradients" | "target">,
    { kind, hasSteps, engine, forward }: ZeroGradientFacts,
  ): Promise<void> {
    const { feeds, wrt, rule, cotangent, weights, output } = plan;
    const moving = wrt.filter((name) => feeds[name] !== undefined);
    // A modified rule may well stop everything; it runs the same kernels as the standard one.
    if (cotangent !== undefined || ruleName(rule) !== "standard" || this.#vouched.has(kind) || moving.length === 0) return;
    if (allZero(gradients) && weights?.some((weight) => weight !== 0) !== false && !hasSteps()) {
      const request = { ...plan, targets: target, outputs: [output.name] };
      await checkZeroGradient(feeds, moving, engine, async (moved) => (await forward({ ...request, feeds: moved })).scores);
    }
    this.#vouched.add(kind);
  }
}

/** Who gave the gradient. */
export interface SuspectedEngine {
  readonly engine: string;
  /** What may have gone wrong, and what to do. */
  readonly reason?: string | undefined;
}

/** Whether every gradient is exactly zero everywhere. */
export function allZero(gradients: Readonly<Record<string, FloatTensor>>): boolean {
  return Object.values(gradients).every(({ data }) => data.every((value) => value === 0));
}

/**
 * Refuses a gradient that is zero everywhere although the score depends on the values: some devices answer so where a kernel failed. Two central
 * differences along one direction must agree on a slope, and so must the steps forward and back that they are made of; a kink or a jump, nearby or at x
 * itself as in a ReLU of a black picture, makes them differ, and proves nothing.
 *
 * @throws {XDeepError} ENGINE_FAILED
 */
export async function checkZeroGradient(
  feeds: Readonly<Record<string, Tensor>>,
  moving: readonly string[],
  { engine, reason = "a kernel of the device has failed without an error. Run the model on the CPU, and report this." }: SuspectedEngine,
  scoresAt: ScoresAt,
): Promise<void> {
  const [wide, narrow] = [await slope(feeds, moving, STEPS[0], scoresAt), await slope(feeds, moving, STEPS[1], scoresAt)];
  const agree = wide.slope * narrow.slope > 0 && Math.abs(wide.slope - narrow.slope) < 0.5 * Math.abs(wide.slope);
  if (!agree || !wide.isClear || !narrow.isClear) return;
  throw new XDeepError("ENGINE_FAILED", `${engine} gave a gradient that is zero everywhere, but the score changes with "${moving.join('", "')}": ${reason}`, {
    details: { engine, wrt: moving },
  });
}

interface Slope {
  readonly slope: number;
  readonly isClear: boolean;
}

async function slope(feeds: Readonly<Record<string, Tensor>>, moving: readonly string[], step: number, scoresAt: ScoresAt): Promise<Slope> {
  const [above, here, below] = [await scoresAt(moved(feeds, moving, step)), await scoresAt(feeds), await scoresAt(moved(feeds, moving, -step))];
  const total = (scores: Float32Array): number => scores.reduce((sum, score) => sum + score, 0);
  const size = above.reduce((sum, score) => sum + Math.abs(score), 0) + below.reduce((sum, score) => sum + Math.abs(score), 0);
  const [forward, back] = [total(above) - total(here), total(here) - total(below)];
  const difference = forward + back;
  const isSmooth = forward * back > 0 && Math.abs(forward - back) < 0.5 * Math.abs(difference);
  return { slope: difference / step, isClear: isSmooth && Math.abs(difference) > NOISE * size };
}

/** Every element moved by the same share of the largest one, up or down in a fixed pattern without a period that layers could cancel. */
function moved(feeds: Readonly<Record<string, Tensor>>, moving: readonly string[], step: number): Readonly<Record<string, Tensor>> {
  const entries = moving.map((name) => {
    const { type, dims, ...tensor } = feeds[name]!;
    const values = toFloat64({ type, dims, ...tensor } as Tensor);
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    return [
      name,
      fromFloat64(
        type,
        dims,
        values.map((value, i) => value + step * scale * signAt(i)),
      ),
    ] as const;
  });
  return { ...feeds, ...Object.fromEntries(entries) };
}

/** +1 or −1: the top bit of a multiplicative hash (Knuth, TAOCP 3, 6.4). */
function signAt(i: number): number {
  return Math.imul(i + 1, 0x9e3779b1) < 0 ? -1 : 1;
}
