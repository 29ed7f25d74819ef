import { nearestNames } from "@xdeep/core/method";

/** " Did you mean grad-cam?" for a word that is near to one that there is; else nothing. */
export function didYouMean(asked: string, words: readonly string[]): string {
  const meant = nearWord(asked, words);
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
}

/** The same where words may be joined by "-", as in smooth-guided: where one of them alone is unknown, it is mended in its place. */
export function didYouMeanJoined(asked: string, words: readonly string[], joined: readonly string[]): string {
  const parts = asked.split("-");
  const unknown = parts.filter((part) => !joined.includes(part));
  const meant = parts.length > 1 && unknown.length === 1 ? nearWord(unknown[0]!, joined) : undefined;
  if (meant === undefined) return didYouMean(asked, words);
  return ` Did you mean ${parts.map((part) => (part === unknown[0] ? meant : part)).join("-")}?`;
}

function nearWord(asked: string, words: readonly string[]): string | undefined {
  return nearestNames(asked, words, words.length).find((word) => isNear(word.toLowerCase(), asked.toLowerCase()));
}

/** Written without its dashes, with a part in common, or with one slip: what both begin and end with is most of the longer one. */
function isNear(word: string, asked: string): boolean {
  const parts = asked.split(/[-_ ]/);
  if (parts.join("") === word.replaceAll("-", "") || word.split("-").some((part) => part.length > 2 && parts.includes(part))) return true;
  const [shorter, longer] = [Math.min(word.length, asked.length), Math.max(word.length, asked.length)];
  let start = 0;
  while (start < shorter && word[start] === asked[start]) start++;
  let end = 0;
  while (end < shorter - start && word.at(-1 - end) === asked.at(-1 - end)) end++;
  return (start + end) / longer > 0.6;
}
