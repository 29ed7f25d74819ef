import type { NodeProto, Value } from "@xdeep/onnx";
import { constantNumber } from "../../formulas/constant-number.ts";
import { addRule } from "../../rules/arithmetic/add.ts";
import { erfRule } from "../../rules/functions/erf.ts";
import { mulRule } from "../../rules/arithmetic/mul.ts";
import { type Lowering, held } from "../../sweep/lowering.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/** exp(SHIFT) = 2/√π. */
const SHIFT = Math.log(2 / Math.sqrt(Math.PI));

/**
 * Mul(x, 1 + Erf(d)) with d = s x, the heart of a GELU as exporters spell it out: x̄ = ȳ (1 + erf(d) + 2/√π d e^(−d²)) in six passes, where the
 * rules of the product, the sum, the error function and the division take nine.
 *
 * ViT-B/16: 1.45 → 0.85 of 62 ms a layer, on one thread.
 */
export const erfProduct: Lowering = {
  name: "erf-product",
  rule: mulRule,
  pullback: function erfProductPullback(context) {
    const { g, input, cotangent } = context;
    for (const at of [0, 1] as const) {
      const scaled = erfOf(context, at);
      if (scaled === null) continue;
      const density = g.exp(g.sub(g.scalar(SHIFT, scaled), g.square(scaled)));
      const dx = g.mul(cotangent(0), g.add(g.mul(density, scaled), input(at)));
      return at === 0 ? [held, dx] : [dx, held];
    }
    return null;
  },
};

/** d, where factor i is 1 + Erf(d), d the other factor times a constant, and the gradients in between are the plain ones that nobody asks for. */
function erfOf(context: PullbackContext, i: 0 | 1): Value | null {
  const { input, wants, around } = context;
  const [factor, x] = [input(i), input(1 - i)];
  const add = plain(context, factor.name, "Add", addRule);
  if (!wants(0) || !wants(1) || add === null || x.facts.type !== "float32") return null;
  const erf = add.input.map((name) => plain(context, name, "Erf", erfRule)).find((node) => node !== null);
  const one = add.input.find((name) => name !== erf?.output[0]);
  if (erf === undefined || constantNumber(around.valueOf(one ?? "")) !== 1) return null;
  const scaled = around.valueOf(erf.input[0]!);
  const scale = around.producerOf(scaled.name);
  const byConstant = scale?.input.length === 2 && (scale.opType === "Div" || scale.opType === "Mul") && scale.input[0] === x.name;
  return byConstant && constantNumber(around.valueOf(scale.input[1]!)) !== undefined && !around.isWanted(scaled.name) ? scaled : null;
}

/** The node that makes a value, where it is this operator under this rule, and no gradient of its result is asked for. */
function plain({ around }: PullbackContext, name: string, op: string, rule: GradientRule): NodeProto | null {
  const node = around.producerOf(name);
  return node?.opType === op && around.passageOf(node)?.rule === rule && !around.isWanted(name) ? node : null;
}
