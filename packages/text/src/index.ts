export { readTokenizer } from "./read-tokenizer.ts";
export type { TokenizerFile } from "./read-tokenizer.ts";
export { textInputs } from "./text-inputs.ts";
export type { TextInputs, TextModel } from "./text-inputs.ts";
export { embeddingOf, sumTokens } from "./attribution.ts";
export type { EncodeOptions, EncodedText, TextTokenizer, Token, Word } from "./text-tokenizer.ts";
