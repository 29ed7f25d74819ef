import type { Attribution, Input, Tensor } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/method";

import { firstValues } from "./first-values.ts";

/**
 * Names for the vectors of tokens [1, tokens, …] that are explained: the words of the tokens, or their numbers where no vocabulary has them. The tokens
 * are the first integers [1, tokens] that the model was fed; null where there are none.
 */
export function tokenNames(attribution: Attribution<Input>, feeds: Readonly<Record<string, Tensor>>, vocabulary: readonly string[]): readonly string[] | null {
  const { dims } = firstValues(attribution);
  const tokens = Object.values(feeds).find(({ type, dims: fed }) => !isFloatType(type) && fed.length === 2 && fed[1] === dims[1]);
  if (dims.length !== 3 || tokens === undefined) return null;
  return Array.from(tokens.data as ArrayLike<number | bigint>, (number) => vocabulary[Number(number)] ?? String(number)).slice(0, dims[1]);
}
