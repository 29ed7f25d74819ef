import type { Tokenizer } from "@huggingface/tokenizers";
import { XDeepError } from "@xdeep/core";

import { type MarkedToken, markedTokens, readMark } from "./marked-tokens.ts";
import { roomFor } from "./room-for.ts";
import { withSpecialTokens } from "./special-tokens.ts";
import type { EncodedText, Token, Word } from "./text-tokenizer.ts";

/** Begins words where a tokenizer keeps spaces: of SentencePiece. */
const SPACE = "▁";

/** A text, or two. */
export interface Texts {
  readonly text: string;
  /** The second of two texts; null for one alone. */
  readonly pair: string | null;
  /** Tokens at most, special ones among them: the end of the longer text is left out. Null for no limit. */
  readonly most: number | null;
}

export interface CutText extends Pick<EncodedText, "tokens" | "words" | "leftOut"> {
  /** What models with an input of types are fed for each token: 0 for the first text, 1 for the second. */
  readonly types: readonly number[];
}

/** Cuts a text, or two, into tokens, special ones among them, and these into words. */
export function cutText(tokenizer: Tokenizer, { text, pair, most }: Texts): CutText {
  const first = markedTokens(tokenizer, text, "first");
  const second = pair === null ? null : markedTokens(tokenizer, pair, "second");
  const counts = [first.length, second?.length ?? 0] as const;
  const special = withSpecialTokens(tokenizer, [], second === null ? null : []).tokens.length;
  const kept = most === null ? counts : roomFor(Math.max(0, most - special), counts);
  const { tokens: row, types } = withSpecialTokens(tokenizer, first.slice(0, kept[0]), second?.slice(0, kept[1]) ?? null);
  const marked = row.map(readMark);
  const tokens = marked.map(({ token, piece }): Token => {
    const id = tokenizer.token_to_id(token) ?? tokenizer.model?.unk_token_id;
    if (id === undefined) throw new XDeepError("INPUT_TYPE", `The tokenizer has no number for "${token}", and none for unknown tokens.`);
    return { id, text: readable(tokenizer, [id], token), isSpecial: piece === null };
  });
  return { tokens, words: wordsOf(tokenizer, marked, tokens), types, leftOut: counts[0] + counts[1] - kept[0] - kept[1] };
}

function wordsOf(tokenizer: Tokenizer, marked: readonly MarkedToken[], tokens: readonly Token[]): readonly Word[] {
  const groups: number[][] = [];
  for (const [at, { token, piece }] of marked.entries()) {
    const isFurther = at > 0 && piece !== null && piece === marked[at - 1]!.piece && !token.startsWith(SPACE);
    if (isFurther) groups.at(-1)!.push(at);
    else groups.push([at]);
  }
  return groups.map((places) => {
    const ids = places.map((at) => tokens[at]!.id);
    return { text: readable(tokenizer, ids, places.map((at) => tokens[at]!.text).join("")), tokens: places };
  });
}

function readable(tokenizer: Tokenizer, ids: readonly number[], otherwise: string): string {
  const text = tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }).trim();
  return text === "" ? otherwise.replace(/^[Ġ▁]+$/, "␣") : text;
}
