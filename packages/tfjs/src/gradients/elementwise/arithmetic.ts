import * as tf from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Add: y = a + b;  ā = b̄ = ȳ. */
export const addRule: GradientRule = { kernel: "Add", needs: { a: [], b: [] }, broadcasts: true, pullback: ({ dy }) => ({ a: dy, b: dy }) };

/** AddN: y = Σ xᵢ;  x̄ᵢ = ȳ. */
export const addNRule: GradientRule = {
  kernel: "AddN",
  needs: { "*": [] },
  pullback: ({ dy, shapes }) => Object.fromEntries(Object.keys(shapes).map((name) => [name, dy])),
};

/** Sub: y = a − b;  ā = ȳ, b̄ = −ȳ. */
export const subRule: GradientRule = {
  kernel: "Sub",
  needs: { a: [], b: [] },
  broadcasts: true,
  pullback: ({ dy, wants }) => ({ a: dy, ...(wants("b") ? { b: tf.neg(dy) } : {}) }),
};

/** Multiply: y = a b;  ā = ȳ b, b̄ = ȳ a. */
export const multiplyRule: GradientRule = {
  kernel: "Multiply",
  needs: { a: ["b"], b: ["a"] },
  broadcasts: true,
  pullback: ({ dy, input, wants }) => ({
    ...(wants("a") ? { a: tf.mul(dy, input("b")) } : {}),
    ...(wants("b") ? { b: tf.mul(dy, input("a")) } : {}),
  }),
};

/** RealDiv: y = a / b;  ā = ȳ / b, b̄ = −ȳ a / b². */
export const realDivRule: GradientRule = {
  kernel: "RealDiv",
  needs: { a: ["b"], b: ["a", "b"] },
  broadcasts: true,
  pullback: ({ dy, input, wants }) => {
    const over = tf.div(dy, input("b"));
    return { a: over, ...(wants("b") ? { b: tf.neg(tf.mul(over, tf.div(input("a"), input("b")))) } : {}) };
  },
};

/** SquaredDifference: y = (a − b)²;  ā = 2 (a − b) ȳ, b̄ = −ā. */
export const squaredDifferenceRule: GradientRule = {
  kernel: "SquaredDifference",
  needs: { "*": ["a", "b"] },
  broadcasts: true,
  pullback: ({ dy, input }) => {
    const a = tf.mul(dy, tf.mul(tf.sub(input("a"), input("b")), 2));
    return { a, b: tf.neg(a) };
  },
};
