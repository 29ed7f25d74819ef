import { isFloatType } from "@xdeep/core/backend";
import { type TypedGraph, zeroGradientOperators } from "@xdeep/autodiff";

/** Whether the network has steps, whose derivative is zero although their value moves: rounding, casts to integers, comparisons. */
export function hasSteps({ nodes, facts }: TypedGraph): boolean {
  const isFloat = (name: string | undefined): boolean => isFloatType(facts.get(name ?? "")?.type ?? "bool");
  return nodes.some(
    ({ opType, input, output }) => zeroGradientOperators.has(opType) || (opType !== "Shape" && opType !== "Size" && isFloat(input[0]) && !isFloat(output[0])),
  );
}
