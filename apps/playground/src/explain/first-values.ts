import type { Attribution, FloatTensor, Input } from "@xdeep/core";

/** What an attribution says of the first input that is explained. The page feeds models by name, so that attributions have names too. */
export function firstValues({ values }: Attribution<Input>): FloatTensor {
  return Object.values(values as Readonly<Record<string, FloatTensor>>)[0]!;
}

/** By how many of its pixels a map is blurred: large ones speckle, and those of layers are smooth as they are. */
export function blurOf(attribution: Attribution<Input>): number {
  const [, , height = 0, width = 0] = firstValues(attribution).dims;
  const side = Math.max(height, width);
  return side < 100 ? 0 : side / 100;
}
