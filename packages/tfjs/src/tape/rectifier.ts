import type { RectifierRule } from "@xdeep/core";
import { type Tensor, relu } from "@tensorflow/tfjs-core";

import type { PullbackCall } from "../gradients/gradient-rule.ts";
import { insideWhere } from "../formulas/masks.ts";
import type { KernelCall, Recording } from "./recording.ts";

/** Kernels that may be named as rectifiers. "Relu6" takes in clipByValue(x, 0, 6) and min(relu(x), 6). */
const RECTIFIER_KERNELS: readonly string[] = ["ClipByValue", "Elu", "LeakyRelu", "Prelu", "Relu", "Relu6", "Selu", "Sigmoid", "Softplus", "Tanh"];

/** Names that callers may use. "Maximum" is max(x, 0) alone; "Clip" and "PRelu" are what other formats call ClipByValue and Prelu. */
export const RECTIFIER_NAMES: readonly string[] = [...RECTIFIER_KERNELS, "Clip", "Maximum", "PRelu"].toSorted();

/** Which calls of a recording a modified rule acts on, and how. */
export interface RectifierPlan {
  /** True for one call of every rectifier that the rule acts on. */
  counts(call: KernelCall): boolean;
  /** The modified cotangents of a call; null where its own gradient holds. */
  pullback(call: KernelCall, context: PullbackCall): Readonly<Record<string, Tensor>> | null;
}

/**
 * Plans a rule for one recording.
 *
 * guided: x̄ = f′(x) · max(ȳ, 0) (Springenberg et al. 2014, arXiv:1412.6806).
 * deconvnet: x̄ = max(ȳ, 0), whatever the forward pass did (Zeiler and Fergus 2013, arXiv:1311.2901).
 */
export function planRectifiers({ calls }: Recording, rule: RectifierRule, rectifiers: readonly string[]): RectifierPlan {
  const chosen = new Set(rectifiers.map((name) => ({ Clip: "ClipByValue", PRelu: "Prelu" })[name] ?? name));
  const halves = findRelu6Halves(calls);
  const nameOf = (call: KernelCall): string | undefined => (halves.heads.has(call) || halves.tails.has(call) ? "Relu6" : rectifierName(call, chosen));
  const isChosen = (call: KernelCall): boolean => rule !== "standard" && chosen.has(nameOf(call) ?? "");
  return {
    counts: (call) => isChosen(call) && !halves.heads.has(call),
    pullback(call, context) {
      const isTail = halves.tails.has(call);
      // The tail knows from its input where the whole ReLU6 is flat, so the head has nothing left to do.
      if (halves.heads.has(call)) return passOn(call, context);
      const own = isTail ? betweenZeroAndSix : call.rule!.pullback;
      if (!isChosen(call)) return isTail ? own(context) : null;
      const rectified = { ...context, dy: relu(context.dy) };
      return rule === "guided" ? own(rectified) : passOn(call, rectified);
    },
  };
}

/** The calls that may count as rectifiers, one of each, with the names under which they do. */
export function rectifierNames({ calls }: Recording): ReadonlyMap<KernelCall, string> {
  const { heads, tails } = findRelu6Halves(calls);
  const named = calls.filter((call) => !heads.has(call)).map((call) => [call, tails.has(call) ? "Relu6" : rectifierName(call, new Set())] as const);
  return new Map(named.filter((entry): entry is readonly [KernelCall, string] => entry[1] !== undefined));
}

/** The name under which a call counts as a rectifier; undefined for all other calls. */
function rectifierName({ kernel, attrs, scalar }: KernelCall, chosen: ReadonlySet<string>): string | undefined {
  if (kernel === "ClipByValue" && !chosen.has("ClipByValue") && isClipToSix(attrs)) return "Relu6";
  if (kernel === "Maximum") return scalar === 0 ? kernel : undefined;
  if (RECTIFIER_KERNELS.includes(kernel)) return kernel;
  return { relu: "Relu", relu6: "Relu6", elu: "Elu" }[String(attrs["activation"])];
}

function isClipToSix(attrs: KernelCall["attrs"]): boolean {
  return attrs["clipValueMin"] === 0 && attrs["clipValueMax"] === 6;
}

/** ReLU6 as layers write it: a Relu (the head) that feeds only min(·, 6) or a clip to 0…6 (the tail). One rectifier, though two kernels. */
function findRelu6Halves(calls: readonly KernelCall[]): { readonly heads: ReadonlySet<KernelCall>; readonly tails: ReadonlySet<KernelCall> } {
  const makers = new Map(calls.flatMap((call) => call.outputs.map(({ id }) => [id, call] as const)));
  const readers = new Map<number, number>();
  for (const { inputs } of calls) for (const { id } of Object.values(inputs)) readers.set(id, (readers.get(id) ?? 0) + 1);
  const heads = new Set<KernelCall>();
  const tails = new Set<KernelCall>();
  for (const call of calls) {
    if (!((call.kernel === "Minimum" && call.scalar === 6) || (call.kernel === "ClipByValue" && isClipToSix(call.attrs)))) continue;
    const source = Object.values(call.inputs).find(({ live }) => live)!;
    const head = makers.get(source.id);
    if (head === undefined || readers.get(source.id) !== 1) continue;
    if (head.kernel !== "Relu" && head.attrs["activation"] !== "relu") continue;
    heads.add(head);
    tails.add(call);
  }
  return { heads, tails };
}

/** The tail of a ReLU6, x = relu(·): x̄ = ȳ where 0 < x < 6, else 0; at the bound 0, where Minimum itself would share. */
function betweenZeroAndSix(context: PullbackCall): Readonly<Record<string, Tensor>> {
  const name = rectifiedInput(context);
  return { [name]: insideWhere("x" in context.shapes ? context.output : context.input(name), 0, 6, context.dy) };
}

/** Hands a cotangent past the rectifier; a fused kernel still applies its linear part. */
function passOn(call: KernelCall, context: PullbackCall): Readonly<Record<string, Tensor>> {
  if ("activation" in call.attrs) return call.rule!.pullback({ ...context, attrs: { ...context.attrs, activation: "linear" } });
  return { [rectifiedInput(context)]: context.dy };
}

/** "x", or whichever side of a Maximum or Minimum is no constant. */
function rectifiedInput({ shapes, wants }: PullbackCall): string {
  return "x" in shapes ? "x" : Object.keys(shapes).find((name) => wants(name))!;
}
