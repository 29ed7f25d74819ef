/** As Unicode calls them. Text of any other is "another script". */
const SCRIPTS: readonly string[] = [
  ..."Latin Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala".split(" "),
  ..."Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Cherokee Khmer Mongolian Hiragana Katakana Bopomofo Han".split(" "),
];

const PATTERNS: readonly (readonly [script: string | null, pattern: RegExp])[] = [
  ["emoji", /^[\p{Emoji_Presentation}\p{Extended_Pictographic}]/u],
  [null, /^[\p{Script=Common}\p{Script=Inherited}]/u],
  ...SCRIPTS.map((name) => [name, new RegExp(`^\\p{Script=${name}}`, "u")] as const),
  ["another script", /^/u],
];

/** The script of a character; null for spaces, digits, signs and marks, which go with the text around them. */
export function scriptOf(character: string): string | null {
  return PATTERNS.find(([, pattern]) => pattern.test(character))![0];
}
