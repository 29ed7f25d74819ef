import { type Target, XDeepError } from "@xdeep/core";
import { nearestNames } from "@xdeep/core/method";

import type { Labels } from "../inputs/labels.ts";

const MOST_LISTED = 10;

/**
 * The target that `--target` means: an index ("281"), an index into several axes ("3,10,20"), or the name of a class: equal to it, or the only
 * one that holds it. Case, "_" and spaces make no difference.
 *
 * @throws {XDeepError} TARGET_INVALID when no class, or more than one, is meant
 */
export function parseTarget(text: string, labels: Labels | null): Target {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (/^\d+(,\d+)+$/.test(text)) return { index: text.split(",").map(Number) };
  if (labels === null) {
    throw new XDeepError("TARGET_INVALID", `--target ${text} is a name, and names need --labels FILE. Without it give the number of the class.`, {
      details: { target: text },
    });
  }
  return indexOfName(text, labels);
}

function indexOfName(text: string, labels: Labels): number {
  const wanted = normalized(text);
  const named = labels.flatMap((name, index) => (name === undefined ? [] : [{ index, name: normalized(name) }]));
  const exact = named.filter(({ name }) => name === wanted);
  const found = exact.length > 0 ? exact : named.filter(({ name }) => name.includes(wanted));
  if (found.length === 1) return found[0]!.index;
  throw found.length === 0
    ? unknownName(text, labels)
    : ambiguousName(
        text,
        found.map(({ index }) => index),
        labels,
      );
}

function unknownName(text: string, labels: Labels): XDeepError {
  const candidates = nearestNames(
    text,
    labels.filter((name) => name !== undefined),
  );
  return new XDeepError("TARGET_INVALID", `No class is called "${text}". Nearest: ${candidates.join(", ")}.`, { details: { target: text, candidates } });
}

function ambiguousName(text: string, indices: readonly number[], labels: Labels): XDeepError {
  const candidates = indices.map((index) => `${labels[index]} (${index})`);
  const listed = candidates.length > MOST_LISTED ? [...candidates.slice(0, MOST_LISTED), `and ${candidates.length - MOST_LISTED} more`] : candidates;
  return new XDeepError("TARGET_INVALID", `"${text}" can be ${candidates.length} classes: ${listed.join(", ")}. Give the whole name, or the number.`, {
    details: { target: text, candidates },
  });
}

function normalized(name: string): string {
  return name
    .toLowerCase()
    .replace(/[_\s]+/g, " ")
    .trim();
}
