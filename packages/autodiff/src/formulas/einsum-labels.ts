/** The letters of an Einsum equation, one for every axis. */
export interface EinsumLabels {
  readonly terms: readonly string[];
  readonly output: string;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Letters for every axis of the operands and the result: an ellipsis stands for letters of its own, counted from its right end. */
export function einsumLabels(equation: string, ranks: readonly number[]): EinsumLabels {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const free = unusedLetters(equation);
  const widths = terms.map((term, i) => (term.includes("...") ? (ranks[i] ?? 0) - term.replace("...", "").length : 0));
  const widest = Math.max(0, ...widths);
  const filled = (term: string, width: number): string => term.replace("...", free.slice(widest - width, widest).join(""));
  return { terms: terms.map((term, i) => filled(term, widths[i] ?? 0)), output: filled(right ?? implicitOutput(left), widest) };
}

/** Letters that a text does not use. */
export function unusedLetters(text: string): readonly string[] {
  return [...LETTERS].filter((letter) => !text.includes(letter));
}

/** Without an arrow the result has the ellipsis, then every letter that appears once, in alphabetical order. */
function implicitOutput(left: string): string {
  const letters = [...left.replaceAll(/[.,]/g, "")];
  return `...${letters
    .filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter))
    .sort()
    .join("")}`;
}
