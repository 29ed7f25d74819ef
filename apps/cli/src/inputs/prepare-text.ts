import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type FloatTensor, type Model, XDeepError } from "@xdeep/core";
import type { EncodeOptions, EncodedText, TextTokenizer } from "@xdeep/text";

import { unreadableFile } from "./file-error.ts";
import { type HashedFile, hashBytes } from "./hashed-file.ts";

/** How texts become tokens. */
export interface TextPlan {
  readonly path: string;
  readonly file: HashedFile;
  readonly tokenizer: TextTokenizer;
  readonly encoding: EncodeOptions;
}

/** A text as the model takes it. */
export interface PreparedText extends EncodedText {
  readonly tokenizer: TextPlan;
  /** The vectors of its words; undefined where the model itself says what is explained. */
  readonly wrt: readonly string[] | undefined;
}

/**
 * Reads a tokenizer, and `tokenizer_config.json` beside it.
 *
 * @param path null where none was named and none lies beside the model
 * @throws {XDeepError} INPUT_MISSING without a tokenizer, or where it cannot be read; OPTION_INVALID for what is none
 */
export async function planTexts(path: string | null, encoding: EncodeOptions = {}): Promise<TextPlan> {
  if (path === null) {
    throw new XDeepError(
      "INPUT_MISSING",
      "A text needs the tokenizer of its model, and there is no tokenizer.json beside it: give --tokenizer tokenizer.json, as tokenizer.save_pretrained() writes it in Python.",
    );
  }
  const { readTokenizer } = await import("@xdeep/text");
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadableFile("INPUT_MISSING", "tokenizer", path, cause);
  });
  const config = await readFile(join(dirname(path), "tokenizer_config.json"), "utf8").catch(() => undefined);
  return { path, file: hashBytes(bytes, "tokenizer.json"), tokenizer: readTokenizer(bytes.toString("utf8"), config), encoding };
}

/** @throws {XDeepError} as `TextTokenizer.encode` and running the model do */
export async function prepareText(model: Model, text: string, plan: TextPlan, signal: AbortSignal | undefined): Promise<PreparedText> {
  const { embeddingOf } = await import("@xdeep/text");
  const encoded = plan.tokenizer.encode(text, model, plan.encoding);
  const embedding = await embeddingOf(model, model.entryValues ?? [], encoded, signal);
  return { ...encoded, tokenizer: plan, wrt: embedding === null ? undefined : [embedding] };
}

/** Whether an attribution is to the tokens of a text: [1, tokens, …]. */
export function isOfTokens({ dims }: FloatTensor, { tokens }: EncodedText): boolean {
  return dims[0] === 1 && dims[1] === tokens.length;
}
