import type { Attributes, GraphBuilder, Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";
import { absRule } from "../arithmetic/abs.ts";
import { addRule } from "../arithmetic/add.ts";
import { maxRule, minRule } from "../arithmetic/max.ts";
import { clipRule } from "../arithmetic/clip.ts";
import { modRule } from "../arithmetic/mod.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { subRule } from "../arithmetic/sub.ts";
import { whereRule } from "../arithmetic/where.ts";
import type { AxisTap } from "./sampled-at.ts";

/** The rules that `gridTaps` is composed of. */
export const gridTapsRules: readonly GradientRule[] = [absRule, addRule, clipRule, maxRule, minRule, modRule, mulRule, subRule, whereRule];

/** The cubic kernel's parameter, which GridSample fixes. */
const CUBIC = -0.75;

/** What GridSample reads along one axis of this size for grid coordinates in [−1, 1]. */
export function gridTaps(g: GraphBuilder, attributes: Attributes, coordinate: Value, size: Value): readonly AxisTap[] {
  const aligned = attributes.int("align_corners", 0) === 1;
  const half = g.scale(g.shift(coordinate, 1), 0.5);
  const at = aligned ? g.mul(half, g.shift(size, -1)) : g.shift(g.mul(half, size), -0.5);
  const padding = attributes.string("padding_mode", "zeros");
  const mode = attributes.string("mode", "linear");
  if (mode === "cubic" || mode === "bicubic")
    return cubicTaps(g, at, size).map((tap) => bounded(g, { ...tap, index: padded(g, tap.index, size, padding, aligned) }, size, padding));
  const inside = padded(g, at, size, padding, aligned);
  if (mode === "nearest") return [bounded(g, { index: g.op("Round", [inside]), weight: null }, size, padding)];
  return linearTaps(g, inside, size, padding);
}

/** The two elements around positions along an axis of this size; with the padding "zeros" those outside have no weight. */
export function linearTaps(g: GraphBuilder, at: Value, size: Value, padding: string): readonly AxisTap[] {
  const first = g.op("Floor", [at]);
  const share = g.sub(at, first);
  const taps = [
    { index: first, weight: g.sub(g.scalar(1, share), share) },
    { index: g.shift(first, 1), weight: share },
  ];
  return taps.map((tap) => bounded(g, tap, size, padding));
}

function cubicTaps(g: GraphBuilder, at: Value, size: Value): readonly AxisTap[] {
  const first = g.op("Floor", [at]);
  const share = g.sub(at, first);
  const rest = g.sub(g.scalar(1, size), share);
  return [
    { index: g.shift(first, -1), weight: outerCubic(g, g.shift(share, 1)) },
    { index: first, weight: innerCubic(g, share) },
    { index: g.shift(first, 1), weight: innerCubic(g, rest) },
    { index: g.shift(first, 2), weight: outerCubic(g, g.shift(rest, 1)) },
  ];
}

/** (a + 2) d³ − (a + 3) d² + 1, for distances up to 1. */
function innerCubic(g: GraphBuilder, d: Value): Value {
  return g.shift(g.mul(g.square(d), g.shift(g.scale(d, CUBIC + 2), -(CUBIC + 3))), 1);
}

/** a (d³ − 5 d² + 8 d − 4), for distances from 1 to 2. */
function outerCubic(g: GraphBuilder, d: Value): Value {
  return g.scale(g.shift(g.mul(g.shift(g.mul(g.shift(d, -5), d), 8), d), -4), CUBIC);
}

/** Moves positions into the axis for border and reflection; zeros leave them where they are. */
function padded(g: GraphBuilder, at: Value, size: Value, padding: string, aligned: boolean): Value {
  if (padding === "border") return clamped(g, at, g.shift(size, -1));
  if (padding !== "reflection") return at;
  if (aligned) return reflected(g, at, g.scalar(0, at), g.shift(size, -1));
  return clamped(g, reflected(g, at, g.scalar(-0.5, at), size), g.shift(size, -1));
}

function clamped(g: GraphBuilder, at: Value, last: Value): Value {
  return g.op("Min", [g.op("Max", [at, g.scalar(0, at)]), last]);
}

/** Back and forth between low and low + length; an axis without length has one place. */
function reflected(g: GraphBuilder, at: Value, low: Value, length: Value): Value {
  const none = g.equal(length, g.scalar(0, length));
  const period = g.where(none, g.scalar(1, length), g.scale(length, 2));
  const distance = g.op("Mod", [g.abs(g.sub(at, low)), period], { fmod: 1 });
  const folded = g.where(g.lessOrEqual(distance, length), distance, g.sub(period, distance));
  return g.add(low, g.where(none, g.scalar(0, at), folded));
}

/** A tap at an index of the axis, with no weight where padding with zeros had it outside. */
function bounded(g: GraphBuilder, { index, weight }: AxisTap, size: Value, padding: string): AxisTap {
  const last = g.shift(size, -1);
  const inAxis = clamped(g, index, last);
  if (padding !== "zeros") return { index: inAxis, weight };
  const inside = g.and(g.greaterOrEqual(index, g.scalar(0, index)), g.lessOrEqual(index, last));
  return { index: inAxis, weight: g.keepWhere(inside, weight ?? g.fillLike(index, 1)) };
}
