import type { FloatTensor, MethodDescription, Rule, Score, Target } from "@xdeep/core";
import type { GuessedValue, Preprocessing } from "@xdeep/image";
import type { Word } from "@xdeep/text";

import type { PictureKind } from "../commands/explain-flags.ts";
import type { Measurements } from "../evaluate/measure-explanation.ts";
import type { HashedFile } from "../inputs/hashed-file.ts";
import type { EntryKind, ScoredEntry } from "./targets/score-input.ts";

/** How far Σ A is from F(x) − F(x′): where that is 0 but for the quadrature. */
export interface Convergence {
  /** Σ A − (F(x) − F(x′)), in units of the score. */
  readonly delta: number;
  /** F(x) − F(x′). */
  readonly difference: number;
  /** |delta / difference|; null where the difference is 0. */
  readonly share: number | null;
}

/** One row of a batch. */
export interface ExplainedRow {
  readonly target: Target;
  readonly name: string | null;
  /** F at the input. */
  readonly score: number;
  readonly top: readonly ScoredEntry[];
  /** Only for methods that define it. */
  readonly convergence?: Convergence;
}

export interface ExplainedLayer {
  readonly name: string;
  readonly channelAxis: number | null;
}

export interface ModelRecord extends HashedFile {
  /** As it was given on the command line. */
  readonly path: string;
  readonly weightFiles: readonly HashedFile[];
  readonly backend: string;
  readonly engine: string;
}

export interface InputRecord extends HashedFile {
  /** Name of the model's input. */
  readonly input: string;
  readonly dims: readonly number[];
  /** How the picture became a tensor; null for a file of numbers. */
  readonly picture: {
    /** A preset's name or file; null where every value was given by itself. */
    readonly preset: string | null;
    /** The values that were guessed. */
    readonly guessed: readonly GuessedValue[];
    readonly preprocessing: Preprocessing;
  } | null;
  /** How the text became tokens; null for what is no text. */
  readonly text: {
    readonly tokenizer: HashedFile;
    readonly tokens: readonly string[];
    /** With the places of their tokens in the row. */
    readonly words: readonly Word[];
    /** The second text of the row; null where there is one alone. */
    readonly pair: string | null;
    /** How many tokens were left out at the end, for want of room. */
    readonly leftOut: number;
  } | null;
  /** Files of further inputs, by input name. */
  readonly further: Readonly<Record<string, string>>;
}

export interface WrittenFiles {
  /** NumPy files, by the name of the value attributed to. */
  readonly attributions: Readonly<Record<string, { readonly file: string; readonly dims: readonly number[] }>>;
  readonly pictures: readonly { readonly kind: PictureKind; readonly value: string; readonly row: number; readonly file: string }[];
  /** The file with this record. */
  readonly record: string;
}

/** One method on one file, with all that is needed to make it again. Plain data. */
export interface ExplanationRecord {
  readonly model: ModelRecord;
  readonly input: InputRecord;
  /** As it was named on the command line. */
  readonly name: string;
  readonly method: MethodDescription;
  /** The layer that was looked at, where a method looks at one; the axis of its channels, where it is known. */
  readonly layer: ExplainedLayer | null;
  /** What `--baseline` said: numbers, colours or files; null where it was not given. */
  readonly baseline: readonly string[] | null;
  readonly rule: Rule;
  /** How many rectifiers the rule acted on; 0 for "standard". */
  readonly rectifiers: number;
  readonly output: string;
  /** What `--target` said; null where it was not given. */
  readonly asked: string | null;
  /** Of what the targets are the highest entries, as `--target` takes it; null where each was named, or is the highest of all. */
  readonly highestOf: string | null;
  /** What the entries in `top` are. */
  readonly entries: EntryKind;
  /** What was explained: the argument of a final activation, or the output as it is. */
  readonly score: Score;
  /** The channel axis was reduced to its signed maximum. */
  readonly takeMax: boolean;
  readonly rows: readonly ExplainedRow[];
  /** What `--metric` asked for, with a value for each row. */
  readonly measures?: Measurements;
  /** What is approximate in the gradients, or should be known of the scores, in words. */
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  /** Names of files beside the record. */
  readonly files: WrittenFiles;
}

/** A record before its files are written, with the attributions themselves by the name of their value. */
export interface Explanation {
  readonly record: Omit<ExplanationRecord, "files">;
  readonly values: Readonly<Record<string, FloatTensor>>;
}
