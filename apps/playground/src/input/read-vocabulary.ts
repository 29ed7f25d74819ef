import { parseJson } from "./parse-json.ts";

/** The words of a model of tokens, each at its number: a text file with one per line, or the JSON of a tokenizer or its vocabulary, as Hugging Face writes them. */
export async function readVocabulary(file: Blob): Promise<readonly string[]> {
  const text = await file.text();
  if (!/^\s*\{/.test(text)) return text.trimEnd().split(/\r?\n/);
  const json = parseJson(text, "The vocabulary") as Tokenizer & Readonly<Record<string, unknown>>;
  const vocabulary = json.model?.vocab ?? json;
  const words: string[] = Array.isArray(vocabulary) ? vocabulary.map(([word]: [string]) => word) : [];
  if (!Array.isArray(vocabulary)) for (const [word, number] of Object.entries(vocabulary)) if (typeof number === "number") words[number] = word;
  for (const { id, content } of json.added_tokens ?? []) words[id] = content;
  return words;
}

/** tokenizer.json: words by number, or in their order with a score each. */
interface Tokenizer {
  readonly model?: { readonly vocab?: Readonly<Record<string, number>> | readonly (readonly [string, number])[] };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
}
