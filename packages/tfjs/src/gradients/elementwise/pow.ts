import * as tf from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Pow: y = aᵇ;  ā = ȳ b aᵇ⁻¹, 0 where b = 0;  b̄ = ȳ y ln a, 0 where a ≤ 0. */
export const powRule: GradientRule = {
  kernel: "Pow",
  needs: { a: ["a", "b"], b: ["a", "b"] },
  needsOutput: true,
  broadcasts: true,
  pullback: ({ dy, input, output, wants }) => {
    const a = tf.cast(input("a"), "float32");
    const b = tf.cast(input("b"), "float32");
    const zeros = tf.zerosLike(dy);
    const slope = (): tf.Tensor => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1))));
    const logOf = (): tf.Tensor => tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a));
    return {
      ...(wants("a") ? { a: tf.where(tf.equal(b, 0), zeros, slope()) } : {}),
      ...(wants("b") ? { b: tf.mul(dy, tf.mul(output, logOf())) } : {}),
    };
  },
};
