import { type Term, XDeepError, printable } from "@xdeep/core";
import { nearestNames } from "@xdeep/core/method";

import type { Labels } from "../../inputs/labels.ts";
import { describeSum } from "../../print/describe-target.ts";

/** A class with its weight in a sum. */
export interface ClassTerm {
  readonly class: number;
  readonly weight: number;
}

/**
 * What `--target` asks for, before the output's dims are known: the highest entry (null); classes by number or name, weighted and summed; entries of
 * an output with more axes, by an index for every axis; or the highest along the axes where an index has null.
 */
export type TargetWish = null | { readonly classes: readonly ClassTerm[] } | { readonly terms: readonly Term[] } | { readonly max: readonly (number | null)[] };

/** What was asked for, and what it means. */
export interface AskedTarget {
  /** What `--target` said; null where it was not given. */
  readonly text: string | null;
  readonly wish: TargetWish;
}

const MOST_LISTED = 10;
/** More operators in one text than this are no sum that anybody means. */
const MOST_OPERATORS = 8;

/** The targets that `--target` asks for; where it was not given, the highest entry. @throws {XDeepError} as `parseTarget` */
export function parseTargets(texts: readonly string[], labels: Labels | null): readonly AskedTarget[] {
  if (texts.length === 0) return [{ text: null, wish: null }];
  return texts.map((text) => ({ text, wish: parseTarget(text, labels) }));
}

/**
 * Reads `--target`: a number ("281"), a name of a class, an index into several axes ("3,10,20") with "*" for the highest along one ("*,16"), or a
 * sum of these with spaces around its signs ("tabby - 0.5 * Egyptian_cat").
 *
 * A name equals that of a class, or is the part of one. Case, "_" and spaces make no difference. The text as a whole is looked for first, so that
 * names with commas and minus signs are found.
 *
 * @throws {XDeepError} TARGET_INVALID when no class, or more than one, is meant
 */
export function parseTarget(text: string, labels: Labels | null): TargetWish {
  const wish = parseIndex(text);
  if (wish !== null) return wish;
  const whole = findTerm(text, labels);
  if (whole.found !== null) return wishOf([whole.found]);
  if (whole.candidates.length > 0) throw ambiguousName(text, whole.candidates, labels!);
  const sum = findSum(text, labels);
  if (sum !== null) return wishOf(sum);
  if (labels === null) {
    throw new XDeepError("TARGET_INVALID", `--target ${text} is a name, and names need --labels FILE. Without it give the number of the class.`, {
      details: { target: text },
    });
  }
  throw unknownName(text, labels);
}

/** What classes are called, where any of them has a name. */
export function nameOfWish(wish: TargetWish, labels: Labels | null): string | null {
  if (wish === null || !("classes" in wish) || !wish.classes.some((term) => labels?.[term.class] !== undefined)) return null;
  const terms = wish.classes.map((term) => ({ index: term.class, weight: term.weight }));
  return describeSum(terms, ({ index }) => labels?.[index as number] ?? String(index));
}

/** A target as sheets and reports show it: by its name where it was given in numbers, and otherwise as it was given. */
export function shownTarget(text: string, name: string | null): string {
  return name !== null && isOfNumbers(text) ? name : text;
}

function isOfNumbers(text: string): boolean {
  return /^[\d\s+*.-]+$/.test(text);
}

/** A tuple with "*" cannot be a term of a sum: which entry it is depends on the input. */
function parseIndex(text: string): TargetWish {
  if (!/^[\s\d*,]*\*[\s\d*,]*$/.test(text) || !/^(?:\d+|\*)(?:,(?:\d+|\*))*$/.test(text.replaceAll(/\s/g, ""))) return null;
  return { max: text.split(",").map((index) => (index.trim() === "*" ? null : Number(index))) };
}

type FoundTerm = ({ readonly class: number } | { readonly index: readonly number[] }) & { readonly weight: number; readonly isExact: boolean };

interface Search {
  readonly found: FoundTerm | null;
  /** Classes that the text can mean, where they are several. */
  readonly candidates: readonly number[];
}

/** One term: a number, an index, or a name, with a factor in front. */
function findTerm(text: string, labels: Labels | null, weight = 1): Search {
  const trimmed = text.trim();
  if (/^-?\d+$/.test(trimmed)) return { found: { class: Number(trimmed), weight, isExact: true }, candidates: [] };
  if (/^\d+(?:\s*,\s*\d+)+$/.test(trimmed)) return { found: { index: trimmed.split(",").map(Number), weight, isExact: true }, candidates: [] };
  const named = findName(trimmed, labels, weight);
  const [, factor, rest] = /^(\d+(?:\.\d+)?)\s*\*\s*(\S.*)$/.exec(trimmed) ?? [];
  return named.found === null && named.candidates.length === 0 && rest !== undefined ? findTerm(rest, labels, weight * Number(factor)) : named;
}

function findName(text: string, labels: Labels | null, weight: number): Search {
  const wanted = normalized(text);
  if (labels === null || wanted === "") return { found: null, candidates: [] };
  const named = labels.flatMap((name, index) => (name === undefined ? [] : [{ index, name: normalized(name) }]));
  const exact = named.filter(({ name }) => name === wanted);
  const matches = exact.length > 0 ? exact : named.filter(({ name }) => name.includes(wanted));
  if (matches.length !== 1) return { found: null, candidates: matches.map(({ index }) => index) };
  return { found: { class: matches[0]!.index, weight, isExact: exact.length > 0 }, candidates: [] };
}

/**
 * The sum that a text means: split at as few of its signs as it takes, because names may hold some. Among equally short ones that of whole names.
 *
 * @throws {XDeepError} TARGET_INVALID where a term can be several classes, or the text several sums
 */
function findSum(text: string, labels: Labels | null): readonly FoundTerm[] | null {
  const signs = [...text.matchAll(isOfNumbers(text) ? /\s*[+-]\s*/g : /(?:^|\s)\s*[+-]\s+/g)];
  if (signs.length === 0 || signs.length > MOST_OPERATORS) return null;
  let ambiguous: XDeepError | null = null;
  for (let count = 1; count <= signs.length; count++) {
    const sums: (readonly FoundTerm[])[] = [];
    for (const chosen of subsets(signs, count)) {
      const searches = splitAt(text, chosen).map(({ term, sign }) => ({ term, ...findTerm(term, labels, sign) }));
      if (searches.every(({ found }) => found !== null)) sums.push(searches.map(({ found }) => found!));
      const unclear = searches.find(({ candidates }) => candidates.length > 0);
      if (unclear !== undefined && searches.every(({ found, candidates }) => found !== null || candidates.length > 0)) {
        ambiguous ??= ambiguousName(unclear.term, unclear.candidates, labels!);
      }
    }
    const best = sums.filter((sum) => sum.every(({ isExact }) => isExact));
    const [first, ...others] = best.length > 0 ? best : sums;
    if (first !== undefined && others.length === 0) return first;
    if (first !== undefined) throw severalSums(text);
  }
  if (ambiguous !== null) throw ambiguous;
  return null;
}

interface SumPart {
  readonly term: string;
  readonly sign: number;
}

function splitAt(text: string, signs: readonly RegExpExecArray[]): readonly SumPart[] {
  const starts = [
    { end: 0, start: 0, sign: 1 },
    ...signs.map((match) => ({ start: match.index, end: match.index + match[0].length, sign: match[0].includes("-") ? -1 : 1 })),
  ];
  const parts = starts.map(({ end, sign }, n) => ({ term: text.slice(end, starts[n + 1]?.start).trim(), sign }));
  // A sign in front of the first term leaves nothing before it.
  return parts[0]!.term === "" ? parts.slice(1) : parts;
}

function* subsets<T>(items: readonly T[], count: number, from = 0): Generator<readonly T[]> {
  if (count === 0) yield [];
  else for (let i = from; i <= items.length - count; i++) for (const rest of subsets(items, count - 1, i + 1)) yield [items[i]!, ...rest];
}

/** @throws {XDeepError} TARGET_INVALID for a sum of classes and of indices: they cannot belong to one output */
function wishOf(found: readonly FoundTerm[]): TargetWish {
  const classes = found.flatMap((term) => ("class" in term ? [{ class: term.class, weight: term.weight }] : []));
  if (classes.length === found.length) return { classes };
  const terms = found.flatMap((term) => ("index" in term ? [{ index: term.index, weight: term.weight }] : []));
  if (terms.length === found.length) return { terms };
  throw new XDeepError("TARGET_INVALID", "--target sums classes, or entries with an index for every axis, not both.", { details: { target: found } });
}

function severalSums(text: string): XDeepError {
  return new XDeepError("TARGET_INVALID", `--target "${text}" can be split into several sums of classes. Give the numbers of the classes, as in "281 - 285".`, {
    details: { target: text },
  });
}

function unknownName(text: string, labels: Labels): XDeepError {
  const candidates = nearestNames(
    text,
    labels.filter((name) => name !== undefined),
  );
  return new XDeepError("TARGET_INVALID", `No class is called "${text}". Nearest: ${candidates.map(printable).join(", ")}.`, {
    details: { target: text, candidates },
  });
}

function ambiguousName(text: string, indices: readonly number[], labels: Labels): XDeepError {
  const candidates = indices.map((index) => `${labels[index]} (${index})`);
  const listed = candidates.length > MOST_LISTED ? [...candidates.slice(0, MOST_LISTED), `and ${candidates.length - MOST_LISTED} more`] : candidates;
  return new XDeepError(
    "TARGET_INVALID",
    `"${text}" can be ${candidates.length} classes: ${listed.map(printable).join("; ")}. Give the whole name, or the number.`,
    { details: { target: text, candidates } },
  );
}

function normalized(name: string): string {
  return name
    .toLowerCase()
    .replace(/[_\s]+/g, " ")
    .trim();
}
