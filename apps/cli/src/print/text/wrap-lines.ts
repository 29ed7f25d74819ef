/** Columns of the terminals that text is made for. */
export const WIDTH = 80;

/**
 * Text in lines of at most 80 columns, broken between words: the first one behind `head`, the others behind as many spaces. Words that are longer,
 * such as paths, stay whole.
 */
export function wrapLines(text: string, head: string): string {
  const indent = " ".repeat(head.length);
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(" ")) {
    const isStart = line === head || line === indent;
    if (!isStart && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line += isStart ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}
