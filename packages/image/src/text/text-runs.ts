import bidiFactory from "bidi-js";
import { scriptOf } from "./text-script.ts";

/** A stretch of text that is shaped as one: one font, one script, one direction. */
export interface TextRun<Face> {
  readonly face: Face;
  readonly script: string | null;
  readonly isRightToLeft: boolean;
  readonly text: string;
}

/** What no face of a font has is drawn by `face` as `text`. */
export interface FaceChoice<Face> {
  readonly face: Face;
  readonly text: string;
}

// The package's types describe its ES module; Node gets its CommonJS file, whose export is the factory itself.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The runs of a line from left to right, by Unicode's bidirectional algorithm; the direction of the line is that of its first letter.
 *
 * `choose` says which face draws a grapheme, given the one before.
 */
export function textRuns<Face>(line: string, choose: (grapheme: string, before: Face | undefined) => FaceChoice<Face>): TextRun<Face>[] {
  const { levels } = bidi.getEmbeddingLevels(line);
  const runs: (TextRun<Face> & { readonly level: number })[] = [];
  for (const { segment, index } of graphemes.segment(line)) {
    const before = runs.at(-1);
    const { face, text } = choose(segment, before?.face);
    const level = levels[index]!;
    const script = scriptOf(text) ?? before?.script ?? null;
    const joins = before !== undefined && before.face === face && before.level === level && (before.script === script || before.script === null);
    if (joins) runs.splice(-1, 1, { ...before, script, text: before.text + text });
    else runs.push({ face, script, level, isRightToLeft: level % 2 === 1, text });
  }
  return inVisualOrder(runs);
}

/** Rule L2: from the highest level to the lowest odd one, what is of that level or above is turned round. */
function inVisualOrder<Run extends { readonly level: number }>(runs: readonly Run[]): Run[] {
  const ordered = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level > 0; level--) {
    for (let start = 0; start < ordered.length; start++) {
      let end = start;
      while (end < ordered.length && ordered[end]!.level >= level) end++;
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = Math.max(start, end - 1);
    }
  }
  return ordered;
}
