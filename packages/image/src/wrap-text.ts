/**
 * Breaks a text into lines at spaces, and within words that are wider than a line.
 * What does not fit into `maxLines` is cut off, and the last line ends in "…". Line breaks in the text are kept.
 */
export function wrapText(text: string, maxWidth: number, maxLines: number, widthOf: (line: string) => number): string[] {
  const lines = text.split("\n").flatMap((paragraph) => wrapParagraph(paragraph.trim(), maxWidth, widthOf));
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  return [...kept.slice(0, -1), shorten(kept.at(-1)!, maxWidth, widthOf)];
}

function wrapParagraph(paragraph: string, maxWidth: number, widthOf: (line: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/).flatMap((long) => breakWord(long, maxWidth, widthOf))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > maxWidth) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function breakWord(word: string, maxWidth: number, widthOf: (line: string) => number): string[] {
  const parts: string[] = [];
  let part = "";
  for (const character of word) {
    if (part !== "" && widthOf(part + character) > maxWidth) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part];
}

function shorten(line: string, maxWidth: number, widthOf: (line: string) => number): string {
  let characters = [...line];
  while (characters.length > 1 && widthOf(`${characters.join("")}…`) > maxWidth) characters = characters.slice(0, -1);
  return `${characters.join("").trimEnd()}…`;
}
