import type { Tensor } from "@xdeep/core";

import type { TextModel } from "./text-inputs.ts";

/** A token of a text as a model takes it. */
export interface Token {
  readonly id: number;
  /** As a person reads it: without the marks of spaces, `##` of WordPiece kept. */
  readonly text: string;
  /** It is no part of the text: `[CLS]`, `</s>`, padding. */
  readonly isSpecial: boolean;
}

/** Tokens that make a word, as the tokenizer cuts texts before it looks at its vocabulary. A special token is a word of its own, and all padding is one. */
export interface Word {
  readonly text: string;
  /** Their places in the row. */
  readonly tokens: readonly number[];
}

/** A text as a model takes it: one row. */
export interface EncodedText {
  /** Every input of the model by name, [1, tokens]. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** The same ids with padding, or id 0 where there is none, in the place of the text: special tokens stay. For `integrated` and `deeplift`. */
  readonly baseline: Readonly<Record<string, Tensor>>;
  readonly tokens: readonly Token[];
  readonly words: readonly Word[];
  /** How many tokens were left out, where `truncate` said so and the model takes no more. */
  readonly leftOut: number;
}

export interface EncodeOptions {
  /** The second of two texts, such as the answer to a question: the tokenizer puts both into one row. Default: none. */
  readonly pair?: string | null | undefined;
  /** Leave the end of a text out that has more tokens than the model takes, of two texts that of the longer one. Default: refuse it. */
  readonly truncate?: boolean | undefined;
}

export interface TextTokenizer {
  /**
   * A text, or two, as `model` takes it, with special tokens, mask, types and positions where it has inputs for them, and padding where its number of tokens is fixed.
   *
   * @throws {XDeepError} INPUT_MISSING for a model that takes no text; INPUT_SHAPE for a text without tokens, or with more than the model takes
   */
  encode(text: string, model: TextModel, options?: EncodeOptions): EncodedText;
}
