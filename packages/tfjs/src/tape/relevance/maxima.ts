import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

import { select } from "../../formulas/masks.ts";
import { keepReduced, reducedAxes } from "../../formulas/reduced-axes.ts";
import type { PullbackCall } from "../../gradients/gradient-rule.ts";
import { chosenEntries, returnToEntries } from "../../gradients/reductions/top-k.ts";
import { type Both, type Cotangents, ratioOf } from "./two-runs.ts";

/** All of m Δy goes to the maximum of x where y ≥ y′, else to that of x′, and is divided by Δx there. Windows that overlap add up. */
export function maxPool(both: Both): Cotangents {
  return passByLeader(both, tf.greaterEqual(both.own.output, both.other.output), (run, part) => both.call.rule!.pullback({ ...run, dy: part })["x"]!);
}

/** m Δy, given by this run where it leads and else by the other one, over Δx. */
function passByLeader({ own, other }: Both, leads: Tensor, given: (run: PullbackCall, part: Tensor) => Tensor): Cotangents {
  const change = tf.mul(own.dy, tf.sub(own.output, other.output));
  return { x: ratioOf(byLeader(change, leads, [own, other], given), tf.sub(own.input("x"), other.input("x"))) };
}

/** What is given of a change by the first of two runs where it leads, and by the second elsewhere. */
function byLeader<T>(change: Tensor, leads: Tensor, [first, second]: readonly [T, T], given: (run: T, part: Tensor) => Tensor): Tensor {
  const share = tf.cast(leads, "float32");
  return tf.add(given(first, tf.mul(change, share)), given(second, tf.mul(change, tf.sub(1, share))));
}

/** As pools: m Δy goes to the extrema of x where they lead, else to those of x′, in equal parts, and is divided by Δx there. */
export function extremum(both: Both, axisName: string): Cotangents {
  const { call, own, other } = both;
  const shape = own.shapes["x"]!;
  const axes = reducedAxes(call.attrs[axisName] ?? call.attrs["axis"], shape);
  const along = (value: Tensor): Tensor => keepReduced(value, axes, shape);
  const leads = (call.kernel === "Max" ? tf.greaterEqual : tf.lessEqual)(own.output, other.output);
  return passByLeader(both, leads, (run, part) => {
    const hit = tf.cast(tf.equal(run.input("x"), along(run.output)), "float32");
    return tf.mul(tf.div(hit, tf.sum(hit, [...axes], true)), along(part));
  });
}

/** Max(a, b) = b + relu(a − b), Min(a, b) = a − relu(a − b). */
export function pairwise({ call, own, other }: Both): Cotangents {
  const [d, e] = [own, other].map((run) => tf.sub(run.input("a"), run.input("b"))) as [Tensor, Tensor];
  const change = tf.sub(d, e);
  const isZero = tf.equal(change, 0);
  const share = select(isZero, tf.step(d), tf.div(tf.sub(tf.relu(d), tf.relu(e)), select(isZero, tf.onesLike(change), change)));
  const larger = tf.mul(own.dy, share);
  const smaller = tf.sub(own.dy, larger);
  return call.kernel === "Maximum" ? { a: larger, b: smaller } : { a: smaller, b: larger };
}

/**
 * TopK: the sum of the k largest entries is the largest sum of any k, and passes as maxima do: its change goes to the k entries of x where that sum is larger
 * than at x′, else to those of x′, each by its own Δx times one factor between 0 and 1. The k-th value is the difference of two such sums.
 */
export function topK({ call, own, other }: Both): Cotangents {
  const [k, shape] = [call.attrs["k"] as number, own.shapes["x"]!];
  const size = shape.at(-1)!;
  const [best, others] = [own, other].map((run) => tf.topk(run.input("x"), k)) as [ReturnType<typeof tf.topk>, ReturnType<typeof tf.topk>];
  const dx = tf.reshape(tf.sub(own.input("x"), other.input("x")), [-1, size, 1]);
  const change = tf.cumsum(tf.reshape(tf.sub(best.values, others.values), [-1, k, 1]), 1);
  const m = tf.reshape(own.dy, [-1, k, 1]);
  const ofSums = tf.sub(m, tf.concat([tf.slice(m, [0, 1, 0]), tf.zeros([m.shape[0]!, 1, 1])], 1));
  const given = ({ indices }: { readonly indices: Tensor }, part: Tensor): Tensor => {
    const entries = chosenEntries(indices, size);
    const moved = tf.cumsum(tf.matMul(entries, dx), 1);
    const factor = tf.clipByValue(ratioOf(change, moved), 0, 1);
    return returnToEntries(tf.cumsum(tf.mul(part, factor), 1, false, true), entries, shape);
  };
  return { x: byLeader(ofSums, tf.greaterEqual(change, 0), [best, others], given) };
}
