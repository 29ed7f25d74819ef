import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** dy, and the value the formula reads: the input x or the output y. */
type Formula = (dy: Tensor, value: Tensor) => Tensor;

const one = (): Tensor => tf.scalar(1);

/** y = f(x), element by element: x̄ from ȳ and x. */
const FROM_INPUT: Readonly<Record<string, Formula>> = {
  Abs: (dy, x) => tf.mul(dy, tf.sign(x)),
  Acos: (dy, x) => tf.neg(tf.div(dy, tf.sqrt(tf.sub(one(), tf.square(x))))),
  Acosh: (dy, x) => tf.div(dy, tf.sqrt(tf.sub(tf.square(x), one()))),
  Asin: (dy, x) => tf.div(dy, tf.sqrt(tf.sub(one(), tf.square(x)))),
  Asinh: (dy, x) => tf.div(dy, tf.sqrt(tf.add(tf.square(x), one()))),
  Atan: (dy, x) => tf.div(dy, tf.add(tf.square(x), one())),
  Atanh: (dy, x) => tf.div(dy, tf.sub(one(), tf.square(x))),
  Cos: (dy, x) => tf.neg(tf.mul(dy, tf.sin(x))),
  Cosh: (dy, x) => tf.mul(dy, tf.sinh(x)),
  Erf: (dy, x) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI))),
  Expm1: (dy, x) => tf.mul(dy, tf.exp(x)),
  Log: (dy, x) => tf.div(dy, x),
  Log1p: (dy, x) => tf.div(dy, tf.add(x, one())),
  Sin: (dy, x) => tf.mul(dy, tf.cos(x)),
  Sinh: (dy, x) => tf.mul(dy, tf.cosh(x)),
  Softplus: (dy, x) => tf.mul(dy, tf.sigmoid(x)),
  Square: (dy, x) => tf.mul(dy, tf.mul(x, 2)),
  Tan: (dy, x) => tf.div(dy, tf.square(tf.cos(x))),
};

/** y = f(x), element by element: x̄ from ȳ and y. */
const FROM_OUTPUT: Readonly<Record<string, Formula>> = {
  Exp: (dy, y) => tf.mul(dy, y),
  Reciprocal: (dy, y) => tf.neg(tf.mul(dy, tf.square(y))),
  Rsqrt: (dy, y) => tf.mul(dy, tf.mul(tf.mul(y, tf.square(y)), -0.5)),
  Sigmoid: (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(one(), y))),
  Sqrt: (dy, y) => tf.div(dy, tf.mul(y, 2)),
  Tanh: (dy, y) => tf.mul(dy, tf.sub(one(), tf.square(y))),
};

/** Smooth functions of one value. abs′(0) = 0. */
export const unaryRules: readonly GradientRule[] = [
  ...Object.entries(FROM_INPUT).map(([kernel, formula]): GradientRule => ({
    kernel,
    needs: { x: ["x"] },
    pullback: ({ dy, input }) => ({ x: formula(dy, input("x")) }),
  })),
  ...Object.entries(FROM_OUTPUT).map(([kernel, formula]): GradientRule => ({
    kernel,
    needs: { x: [] },
    needsOutput: true,
    pullback: ({ dy, output }) => ({ x: formula(dy, output) }),
  })),
  { kernel: "Neg", needs: { x: [] }, pullback: ({ dy }) => ({ x: tf.neg(dy) }) },
];
