import { type FloatTensor, XDeepError, float32, sizeOf } from "@xdeep/core";

/**
 * What is attributed to each word: [1, words] from the values of tokens, [1, tokens] or [1, tokens, …], summed over everything behind the axis of tokens and over the tokens
 * of the word. What all words have adds up to what all tokens have.
 *
 * @param groups places of tokens, such as `words.map(({ tokens }) => tokens)`
 * @throws {XDeepError} INPUT_SHAPE for values of more rows than one, or of fewer tokens
 */
export function sumTokens({ dims, data }: FloatTensor, groups: readonly (readonly number[])[]): FloatTensor {
  const [rows, tokens = 0] = dims;
  const last = Math.max(-1, ...groups.flat());
  if (rows !== 1 || last >= tokens) {
    throw new XDeepError("INPUT_SHAPE", `Values of a text of ${last + 1} tokens have dims [1, ${last + 1}, …]; got [${dims.join(", ")}].`, {
      details: { dims },
    });
  }
  const size = sizeOf(dims.slice(2));
  const sums = Float64Array.from({ length: tokens }, (_, at) => data.subarray(at * size, (at + 1) * size).reduce((sum, value) => sum + value, 0));
  return float32(
    [1, groups.length],
    groups.map((places) => places.reduce((sum, at) => sum + sums[at]!, 0)),
  );
}
