import type { Attribution, Input } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";
import type { Word } from "@xdeep/text";
import { sumTokens } from "@xdeep/text/attribution";

import { firstValues } from "./first-values.ts";

/** An attribution to the words of a text, [1, words], from one to its tokens. */
export function perWord(attribution: Attribution<Input>, words: readonly Word[]): Attribution<Input> {
  const sums = sumTokens(
    firstValues(attribution),
    words.map(({ tokens }) => tokens),
  );
  return createAttribution({ ...attribution, values: { words: sums } });
}
