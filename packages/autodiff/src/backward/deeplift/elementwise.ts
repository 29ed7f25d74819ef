import type { GraphBuilder, Value } from "@xdeep/onnx";
import { toOperand } from "../../sweep/operands.ts";
import type { GradientRule, Pullback, PullbackContext } from "../../sweep/rule.ts";

/** Where the quotient of two small differences loses digits and slopes stand in: |Δx| at most so much. Null: nowhere but at 0. */
export type Threshold = ((g: GraphBuilder, x: Value, reference: Value) => Value) | null;

const SMALL = 1e-3;

/** Functions that bend at a scale of their own, such as Sigmoid. */
export const absolute: Threshold = (g, x, reference) => g.scale(g.op("Max", [magnitude(g, x, reference), g.scalar(1, x)]), SMALL);

/** Functions that look alike at every scale, such as Log. */
export const relative: Threshold = (g, x, reference) => g.scale(magnitude(g, x, reference), SMALL);

/** Functions of straight pieces: their quotient loses nothing, whatever the scale. */
export const exact: Threshold = null;

function magnitude(g: GraphBuilder, x: Value, reference: Value): Value {
  return g.add(g.abs(x), g.abs(reference));
}

/** What is multiplied with m: Δy / Δx, or m times the slope where Δx is too small. */
export interface Rescaled {
  readonly x: Value;
  /** x′. */
  readonly reference: Value;
  readonly y: Value;
  readonly threshold: Threshold;
  /** m times the slope at x, and at x′. */
  readonly slopeAt: (run: "input" | "reference") => Value;
}

/** The rescale rule of one element-wise function: m̄ = m Δy / Δx. */
export function rescale(context: PullbackContext, { x, reference, y, threshold, slopeAt }: Rescaled): Value {
  const { g, cotangent, twin } = context;
  const m = cotangent(0);
  const dx = g.sub(x, reference);
  const isSmall = threshold === null ? g.equal(dx, g.scalar(0, dx)) : g.not(g.greater(g.abs(dx), threshold(g, x, reference)));
  const quotient = g.div(g.sub(y, twin(y)), g.where(isSmall, g.scalar(1, dx), dx));
  const slope = threshold === null ? slopeAt("input") : g.scale(g.add(slopeAt("input"), slopeAt("reference")), 0.5);
  return g.where(isSmall, slope, g.mul(m, quotient));
}

/** The rule for an operator that is such a function of one of its inputs, the others being the same in both runs. */
export function rescaled(threshold: Threshold, operand = 0): (found: GradientRule) => Pullback {
  return (found) =>
    function rescaledPullback(context) {
      const { input, output, twin } = context;
      const slopeAt = (run: "input" | "reference"): Value => found.pullback(run === "input" ? context : inReference(context))[operand]!;
      const result = rescale(context, { x: input(operand), reference: twin(input(operand)), y: output(0), threshold, slopeAt });
      return toOperand(context, operand, result);
    };
}

/** What a pullback sees of its node in the reference run. */
export function inReference(context: PullbackContext): PullbackContext {
  const { input, output, twin } = context;
  return { ...context, input: (i) => twin(input(i)), output: (i) => twin(output(i)) };
}

/** com.microsoft.BiasGelu and FastGelu: a function of the sum of x and a bias, which may be left out. */
export function rescaledSum(found: GradientRule): Pullback {
  return function rescaledSumPullback(context) {
    const { g, input, hasInput, output, twin, inputCount } = context;
    const sum = (run: (value: Value) => Value): Value => (hasInput(1) ? g.add(run(input(0)), run(input(1))) : run(input(0)));
    const slopeAt = (run: "input" | "reference"): Value => found.pullback(run === "input" ? context : inReference(context))[0]!;
    const result = rescale(context, { x: sum((value) => value), reference: sum(twin), y: output(0), threshold: absolute, slopeAt });
    return Array.from({ length: inputCount }, () => result);
  };
}

/** Functions with a closed form of Δy / Δx, and no threshold. */
export function closed(factor: (context: PullbackContext) => Value): () => Pullback {
  return () =>
    function closedPullback(context) {
      return toOperand(context, 0, context.g.mul(context.cotangent(0), factor(context)));
    };
}
