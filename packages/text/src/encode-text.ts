import type { Tokenizer } from "@huggingface/tokenizers";
import { type Tensor, type ValueInfo, XDeepError } from "@xdeep/core";
import { tensorFromNumbers } from "@xdeep/core/method";

import { cutText } from "./cut-text.ts";
import { type TextModel, textInputs } from "./text-inputs.ts";
import type { EncodeOptions, EncodedText, Token, Word } from "./text-tokenizer.ts";

/** What files say of a tokenizer beside its vocabulary. */
export interface TokenizerFacts {
  readonly padding: { readonly id: number; readonly text: string } | null;
  readonly isPaddedLeft: boolean;
  /** Tokens that the model takes at most; null where it is not known. */
  readonly longest: number | null;
}

/** @throws {XDeepError} as `TextTokenizer.encode` */
export function encodeText(
  tokenizer: Tokenizer,
  { padding, isPaddedLeft, longest }: TokenizerFacts,
  text: string,
  model: TextModel,
  { pair = null, truncate = false }: EncodeOptions,
): EncodedText {
  const inputs = textInputs(model);
  if (inputs === null) throw noText(model.inputs);
  const fixed = inputs.ids.dims[1] ?? null;
  const most = fixed ?? longest;
  const { tokens, words, types: typeIds, leftOut } = cutText(tokenizer, { text, pair, most: truncate ? most : null });
  if (tokens.every(({ isSpecial }) => isSpecial)) {
    throw new XDeepError("INPUT_SHAPE", `The text ${JSON.stringify(text)} has no token but special ones, so that there is nothing to explain.`);
  }
  if (most !== null && tokens.length > most) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `The text has ${tokens.length} tokens, special ones among them, and the model takes ${most}. Shorten it, or leave its end out: truncate: true.`,
      {
        details: { tokens: tokens.length, most },
      },
    );
  }
  const filling = padding ?? { id: 0, text: "0" };
  const count = fixed ?? tokens.length;
  const added = Array.from({ length: count - tokens.length }, (): Token => ({ ...filling, isSpecial: true }));
  const shift = isPaddedLeft ? added.length : 0;
  const row = isPaddedLeft ? [...added, ...tokens] : [...tokens, ...added];
  const isText = (at: number): boolean => at >= shift && at < shift + tokens.length;
  const fed = (info: ValueInfo, number: (token: Token, at: number) => number): readonly (readonly [string, Tensor])[] => [
    [info.name, tensorFromNumbers(info.type, [1, count], row.map(number), { subject: `Input "${info.name}"` })],
  ];
  const { ids, mask, types, positions } = inputs;
  return {
    feeds: Object.fromEntries([
      ...fed(ids, ({ id }) => id),
      ...(mask === null ? [] : fed(mask, (_, at) => (isText(at) ? 1 : 0))),
      ...(types === null ? [] : fed(types, (_, at) => typeIds[at - shift] ?? 0)),
      ...(positions === null ? [] : fed(positions, (_, at) => Math.max(0, at - shift))),
    ]),
    baseline: Object.fromEntries(fed(ids, ({ id, isSpecial }) => (isSpecial ? id : filling.id))),
    tokens: row,
    words: withPadding(words, shift, added.length, count, filling.text),
    leftOut,
  };
}

/** Words at their places in the row, with all padding as one, before them or behind. */
function withPadding(words: readonly Word[], shift: number, added: number, count: number, name: string): readonly Word[] {
  const moved = words.map((word) => ({ ...word, tokens: word.tokens.map((at) => at + shift) }));
  if (added === 0) return moved;
  const first = shift === 0 ? count - added : 0;
  const all = { text: `${name}\u00a0×\u00a0${added}`, tokens: Array.from({ length: added }, (_, n) => first + n) };
  return shift === 0 ? [...moved, all] : [all, ...moved];
}

function noText(inputs: readonly ValueInfo[]): XDeepError {
  const listed = inputs.map(({ name, type, dims }) => `"${name}" (${type} [${dims.map((dim) => dim ?? "?").join(", ")}])`).join(", ");
  return new XDeepError(
    "INPUT_MISSING",
    `A text goes to an input [N, tokens] of integers, and to a mask, types and positions beside it, known by their names; this model has ${listed}. Give it numbers.`,
    { details: { inputs: inputs.map(({ name }) => name) } },
  );
}
