import type { Tokenizer } from "@huggingface/tokenizers";

interface PostProcessed {
  readonly tokens: readonly string[];
  readonly token_type_ids?: readonly number[];
}

/** The tokens of one text, or of two, with special ones around them, and which text each is of: 0 or 1. */
export function withSpecialTokens(
  { post_processor: processor }: Tokenizer,
  first: readonly string[],
  second: readonly string[] | null,
): { readonly tokens: readonly string[]; readonly types: readonly number[] } {
  const made: PostProcessed = processor?.post_process([...first], second && [...second], true) ?? { tokens: first };
  const { tokens, token_type_ids: types } = made;
  // Some processors add nothing, and leave the second text out.
  const rest = second !== null && tokens.length < first.length + second.length ? second : [];
  const told: readonly number[] = types ?? tokens.map((_, at) => (at < first.length ? 0 : 1));
  // RoBERTa knows no types: those of Python are all 0.
  const known = processor?.config.type === "RobertaProcessing" ? told.map(() => 0) : told;
  return { tokens: [...tokens, ...rest], types: [...known, ...rest.map(() => 1)] };
}
