import type { Tokenizer } from "@huggingface/tokenizers";
import { XDeepError } from "@xdeep/core";

import type { EncodedText, Token } from "./text-tokenizer.ts";

/** Stands between the number of a word and a token of it. */
const MARK = "\u0000";
/** Begins words where a tokenizer keeps spaces: of SentencePiece. */
const SPACE = "▁";

interface MarkedToken {
  /** As the vocabulary has it. */
  readonly token: string;
  /** The piece of text that it is of; null for special tokens. */
  readonly piece: number | null;
}

/** Cuts a text into tokens, special ones among them, and these into words. */
export function cutText(tokenizer: Tokenizer, text: string): Pick<EncodedText, "tokens" | "words"> {
  const marked = markedTokens(tokenizer, text);
  const tokens = marked.map(({ token, piece }): Token => {
    const id = tokenizer.token_to_id(token) ?? tokenizer.model?.unk_token_id;
    if (id === undefined) throw new XDeepError("INPUT_TYPE", `The tokenizer has no number for "${token}", and none for unknown tokens.`);
    return { id, text: readable(tokenizer, [id], token), isSpecial: piece === null };
  });
  const groups: number[][] = [];
  for (const [at, { token, piece }] of marked.entries()) {
    const isFurther = at > 0 && piece !== null && piece === marked[at - 1]!.piece && !token.startsWith(SPACE);
    if (isFurther) groups.at(-1)!.push(at);
    else groups.push([at]);
  }
  const words = groups.map((places) => {
    const ids = places.map((at) => tokens[at]!.id);
    return { text: readable(tokenizer, ids, places.map((at) => tokens[at]!.text).join("")), tokens: places };
  });
  return { tokens, words };
}

/**
 * The tokens of a text, each with the piece that it is of. The library does not tell where tokens come from: its model, which is given the pieces of the text,
 * is put behind one that marks what it gives.
 */
function markedTokens(tokenizer: Tokenizer, text: string): readonly MarkedToken[] {
  const model = tokenizer.model!;
  let count = 0;
  tokenizer.model = new Proxy(model, {
    apply(_target, _this, [pieces]: [readonly string[]]) {
      return pieces.flatMap((piece) => {
        const mark = `${count++}${MARK}`;
        return model([piece]).map((token: string) => mark + token);
      });
    },
  });
  try {
    return tokenizer.tokenize(text, { add_special_tokens: true }).map((token: string) => {
      const [, piece, rest] = /^(\d+)\0([^]*)$/.exec(token) ?? [];
      return piece === undefined ? { token, piece: null } : { token: rest!, piece: Number(piece) };
    });
  } finally {
    tokenizer.model = model;
  }
}

function readable(tokenizer: Tokenizer, ids: readonly number[], otherwise: string): string {
  const text = tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }).trim();
  return text === "" ? otherwise.replace(/^[Ġ▁]+$/, "␣") : text;
}
