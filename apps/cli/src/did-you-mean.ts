import { nearestNames } from "@xdeep/core/method";

/** " Did you mean grad-cam?" for a word that is near to one that there is; else nothing. */
export function didYouMean(asked: string, words: readonly string[]): string {
  const meant = nearestNames(asked, words, words.length).find((word) => isNear(word, asked.toLowerCase()));
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
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
