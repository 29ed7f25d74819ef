export interface TextLimits {
  /** Of a line, in the units of `widthOf`. */
  readonly maxWidth: number;
  readonly maxLines: number;
  widthOf(line: string): number;
}

/** Lines of a text; `isWhole` is false where something had to be left out. */
export interface WrappedText {
  readonly lines: readonly string[];
  readonly isWhole: boolean;
}

/**
 * Breaks a text into lines between words, never within one: at spaces, after hyphens, slashes and underscores, and where a script that is written without spaces has
 * its words. A word that is wider than a line loses its middle to "…"; words that do not fit into `maxLines` are left out behind a "…". Line breaks are kept.
 */
export function wrapText(text: string, limits: TextLimits): WrappedText {
  const { maxWidth, maxLines, widthOf } = limits;
  const lines: string[] = [];
  let isWhole = true;
  for (const paragraph of text.trim().split("\n")) {
    let line = "";
    for (const { word, isJoined } of wordsOf(paragraph)) {
      const longer = line === "" ? word : `${line}${isJoined ? "" : " "}${word}`;
      if (widthOf(longer) <= maxWidth) {
        line = longer;
        continue;
      }
      if (line !== "") lines.push(line);
      line = withoutMiddle(word, limits);
      isWhole &&= line === word;
    }
    lines.push(line);
  }
  if (lines.length <= maxLines) return { lines, isWhole };
  const kept = lines.slice(0, maxLines);
  return { lines: [...kept.slice(0, -1), withoutEnd(kept.at(-1)!, limits)], isWhole: false };
}

interface Word {
  readonly word: string;
  /** It follows the word before without a space. */
  readonly isJoined: boolean;
}

const words = new Intl.Segmenter(undefined, { granularity: "word" });

/** Written without spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function wordsOf(paragraph: string): Word[] {
  return paragraph
    .split(/\s+/)
    .filter((spaced) => spaced !== "")
    .flatMap((spaced) =>
      spaced
        .split(/(?<=[\p{L}\p{N}][-‐/\\_]+)(?=[\p{L}\p{N}])/u)
        .flatMap((part) => (UNSPACED.test(part) ? unspacedWords(part) : [part]))
        .map((word, index) => ({ word, isJoined: index > 0 })),
    );
}

/** Punctuation stays with the word before it. */
function unspacedWords(text: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of words.segment(text)) {
    if (isWordLike === true || found.length === 0) found.push(segment);
    else found.push(`${found.pop()!}${segment}`);
  }
  return found;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The beginning and the end of a word: names of files differ at their end. */
function withoutMiddle(word: string, { maxWidth, widthOf }: TextLimits): string {
  if (widthOf(word) <= maxWidth) return word;
  const letters = [...graphemes.segment(word)].map(({ segment }) => segment);
  for (let kept = letters.length - 1; kept > 0; kept--) {
    const end = Math.floor(kept / 2);
    const shortened = `${letters.slice(0, kept - end).join("")}…${letters.slice(letters.length - end).join("")}`;
    if (widthOf(shortened) <= maxWidth) return shortened;
  }
  return "…";
}

function withoutEnd(line: string, limits: TextLimits): string {
  const kept = wordsOf(line);
  for (; kept.length > 1; kept.pop()) {
    const shortened = `${kept
      .map(({ word, isJoined }) => (isJoined ? word : ` ${word}`))
      .join("")
      .trim()}…`;
    if (limits.widthOf(shortened) <= limits.maxWidth) return shortened;
  }
  return withoutMiddle(`${kept[0]?.word ?? ""}…`, limits);
}
