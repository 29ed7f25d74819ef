import { Tokenizer } from "@huggingface/tokenizers";
import { XDeepError } from "@xdeep/core";

import { encodeText } from "./encode-text.ts";
import { precompiled } from "./precompiled.ts";
import type { TextTokenizer } from "./text-tokenizer.ts";

/** The text of a JSON file, or what it holds. */
export type TokenizerFile = string | Readonly<Record<string, unknown>>;

/**
 * A tokenizer from `tokenizer.json` of Hugging Face, and `tokenizer_config.json` beside it, which knows the token of padding and the longest text.
 *
 * @throws {XDeepError} OPTION_INVALID for what is no such file
 */
export function readTokenizer(file: TokenizerFile, config: TokenizerFile = {}): TextTokenizer {
  const json = parsed("tokenizer.json", file);
  const settings = parsed("tokenizer_config.json", config);
  const tokenizer = opened(json, settings);
  const padding = paddingOf(json, settings).find((token) => tokenizer.token_to_id(token) !== undefined);
  const most = settings["model_max_length"];
  const facts = {
    padding: padding === undefined ? null : { id: tokenizer.token_to_id(padding)!, text: padding },
    isPaddedLeft: settings["padding_side"] === "left",
    // Where it is not known, files say 10³⁰.
    longest: typeof most === "number" && most < 1e9 ? most : null,
  };
  return { encode: (text, model, options = {}) => encodeText(tokenizer, facts, text, model, options) };
}

function opened(json: Readonly<Record<string, unknown>>, config: Readonly<Record<string, unknown>>): Tokenizer {
  try {
    const tokenizer = new Tokenizer(json, config);
    useTables(tokenizer.normalizer);
    // What cannot cut a word is found here, not in the middle of a text.
    tokenizer.tokenize("a", { add_special_tokens: true });
    return tokenizer;
  } catch (cause) {
    throw noTokenizer("tokenizer.json", cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Puts the table of SentencePiece that files carry in the place of the library's approximation. */
function useTables(normalizer: Tokenizer["normalizer"]): void {
  if (normalizer?.config.type === "Precompiled") normalizer.normalize = precompiled(normalizer.config.precompiled_charsmap);
  const { normalizers = [] } = (normalizer ?? {}) as { readonly normalizers?: readonly Tokenizer["normalizer"][] };
  for (const one of normalizers) useTables(one);
}

function parsed(name: string, file: TokenizerFile): Readonly<Record<string, unknown>> {
  let json: unknown = file;
  try {
    if (typeof file === "string") json = JSON.parse(file);
  } catch (cause) {
    throw noTokenizer(name, "it is no JSON", cause);
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Readonly<Record<string, unknown>>;
  throw noTokenizer(name, "it holds no object");
}

function noTokenizer(name: string, why: string, cause?: unknown): XDeepError {
  return new XDeepError("OPTION_INVALID", `This is no ${name} of Hugging Face: ${why}. Save one by tokenizer.save_pretrained() in Python.`, { cause });
}

/** Tokens that may be that of padding, the likeliest first. */
function paddingOf(json: Readonly<Record<string, unknown>>, config: Readonly<Record<string, unknown>>): readonly string[] {
  const named = config["pad_token"] as string | { readonly content?: string } | null | undefined;
  const { pad_token: padded } = (json["padding"] ?? {}) as { readonly pad_token?: unknown };
  const found = [typeof named === "object" ? named?.content : named, padded, "[PAD]", "<pad>"];
  return found.filter((token): token is string => typeof token === "string");
}
