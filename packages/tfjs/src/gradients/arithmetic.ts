import * as tf from "@tensorflow/tfjs-core";

import type { Gradient } from "./gradient.ts";

/** Add: y = a + b;  ā = b̄ = ȳ. */
export const addGradient: Gradient = { kernel: "Add", needs: { a: [], b: [] }, broadcasts: true, pullback: ({ dy }) => ({ a: dy, b: dy }) };

/** AddN: y = Σ xᵢ;  x̄ᵢ = ȳ. */
export const addNGradient: Gradient = {
  kernel: "AddN",
  needs: { "*": [] },
  pullback: ({ dy, shapes }) => Object.fromEntries(Object.keys(shapes).map((name) => [name, dy])),
};

/** Sub: y = a − b;  ā = ȳ, b̄ = −ȳ. */
export const subGradient: Gradient = {
  kernel: "Sub",
  needs: { a: [], b: [] },
  broadcasts: true,
  pullback: ({ dy, wants }) => ({ a: dy, ...(wants("b") ? { b: tf.neg(dy) } : {}) }),
};

/** Multiply: y = a b;  ā = ȳ b, b̄ = ȳ a. */
export const multiplyGradient: Gradient = {
  kernel: "Multiply",
  needs: { a: ["b"], b: ["a"] },
  broadcasts: true,
  pullback: ({ dy, input, wants }) => ({
    ...(wants("a") ? { a: tf.mul(dy, input("b")) } : {}),
    ...(wants("b") ? { b: tf.mul(dy, input("a")) } : {}),
  }),
};

/** RealDiv: y = a / b;  ā = ȳ / b, b̄ = −ȳ a / b². */
export const realDivGradient: Gradient = {
  kernel: "RealDiv",
  needs: { a: ["b"], b: ["a", "b"] },
  broadcasts: true,
  pullback: ({ dy, input, wants }) => {
    const over = tf.div(dy, input("b"));
    return { a: over, ...(wants("b") ? { b: tf.neg(tf.mul(over, tf.div(input("a"), input("b")))) } : {}) };
  },
};

/** SquaredDifference: y = (a − b)²;  ā = 2 (a − b) ȳ, b̄ = −ā. */
export const squaredDifferenceGradient: Gradient = {
  kernel: "SquaredDifference",
  needs: { "*": ["a", "b"] },
  broadcasts: true,
  pullback: ({ dy, input }) => {
    const a = tf.mul(dy, tf.mul(tf.sub(input("a"), input("b")), 2));
    return { a, b: tf.neg(a) };
  },
};
