import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

import { select } from "../../formulas/masks.ts";
import type { PullbackCall } from "../../gradients/gradient-rule.ts";
import type { KernelCall } from "../recording.ts";

/** A call in both runs. */
export interface Both {
  readonly call: KernelCall;
  readonly own: PullbackCall;
  readonly other: PullbackCall;
}

export type Cotangents = Readonly<Record<string, Tensor>>;

/** a / b, 0 where b is 0. */
export function ratioOf(a: Tensor, b: Tensor): Tensor {
  const isZero = tf.equal(b, 0);
  return select(isZero, tf.zerosLike(a), tf.div(a, select(isZero, tf.onesLike(b), b)));
}
