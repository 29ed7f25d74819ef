import type { ActivePath } from "../path/active-path.ts";

/** What whoever reads the numbers should know of the way they were made. */
export function gradientNotes({ nodes }: ActivePath): readonly string[] {
  const rounding = nodes.filter(({ opType }) => opType === "QuantizeLinear").length;
  if (rounding === 0) return [];
  return [
    `Straight-through: the gradient passes ${rounding} QuantizeLinear node${rounding === 1 ? "" : "s"} as if ${rounding === 1 ? "it" : "they"} did not round.`,
  ];
}
