/** Control characters, of which a terminal obeys some, and those that turn the direction of text. Line feeds are among them. */
const HIDDEN = /[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu;

/** A name from a file, of a value or of a class, as one line that a terminal shows as it is: hidden characters are written out, as \u001b. */
export function printable(name: string): string {
  return name.replace(HIDDEN, escaped);
}

/** Text of several lines that a terminal shows as it is. In a JSON document what is written out is an escape, so that it keeps its meaning. */
export function printableLines(text: string): string {
  return text.replace(HIDDEN, (character) => (character === "\n" || character === "\t" ? character : escaped(character)));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
