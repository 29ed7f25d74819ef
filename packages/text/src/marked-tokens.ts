import type { Tokenizer } from "@huggingface/tokenizers";

/** Stands between the piece of a text and a token of it. */
const MARK = "\u0000";

export interface MarkedToken {
  /** As the vocabulary has it. */
  readonly token: string;
  /** The piece of text that it is of; null for special tokens. */
  readonly piece: string | null;
}

/**
 * The tokens of a text, each with a mark of the piece that it is of. The library does not tell where tokens come from: its model, which is given the pieces of the
 * text, is put behind one that marks what it gives.
 */
export function markedTokens(tokenizer: Tokenizer, text: string, name: string): readonly string[] {
  const model = tokenizer.model!;
  let count = 0;
  tokenizer.model = new Proxy(model, {
    apply(_target, _this, [pieces]: [readonly string[]]) {
      return pieces.flatMap((piece) => {
        const mark = `${name} ${count++}${MARK}`;
        return model([piece]).map((token: string) => mark + token);
      });
    },
  });
  try {
    return tokenizer.tokenize(text, { add_special_tokens: false });
  } finally {
    tokenizer.model = model;
  }
}

export function readMark(marked: string): MarkedToken {
  const [, piece, token] = /^(\w+ \d+)\0([^]*)$/.exec(marked) ?? [];
  return piece === undefined ? { token: marked, piece: null } : { token: token!, piece };
}
