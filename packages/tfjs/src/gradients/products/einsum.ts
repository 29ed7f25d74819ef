import { type Tensor, broadcastTo, einsum, reshape } from "@tensorflow/tfjs-core";

import type { GradientRule, PullbackCall } from "../gradient-rule.ts";

/**
 * Einsum of one or two operands, "ab,bc->ac": each cotangent is the sum with that operand and the result exchanged, "ac,bc->ab".
 * An index that only one operand has was summed away, and its cotangent is the same all along it.
 */
export const einsumRule: GradientRule = {
  kernel: "Einsum",
  needs: { 0: ["1"], 1: ["0"] },
  pullback: (call) =>
    Object.fromEntries(
      Object.keys(call.shapes)
        .filter((name) => call.wants(name))
        .map((name) => [name, operandCotangent(call, Number(name))]),
    ),
};

function operandCotangent({ dy, attrs, shapes, input }: PullbackCall, position: number): Tensor {
  const [operands = "", result = ""] = String(attrs["equation"]).replaceAll(" ", "").split("->");
  const terms = operands.split(",");
  const mine = terms[position]!;
  const other = terms[1 - position];
  const known = [...mine].filter((index) => result.includes(index) || (other ?? "").includes(index));
  const sources = other === undefined ? [dy] : [dy, input(String(1 - position))];
  const partial = einsum(`${[result, ...(other === undefined ? [] : [other])].join(",")}->${known.join("")}`, ...sources);
  const shape = [...shapes[String(position)]!];
  const kept = reshape(
    partial,
    shape.map((size, axis) => (known.includes(mine[axis]!) ? size : 1)),
  );
  return broadcastTo(kept, shape);
}
