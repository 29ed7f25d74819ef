import type { Case } from "../run/case.ts";
import { fixtures } from "../fixtures/index.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Checks what a manifest names: an id that does not exist would excuse nothing and be forgotten.
 *
 * @throws {RangeError} for unknown or repeated ids, and for missing reasons
 */
export function checkManifest({ knownFailures = [], unsupported = [], tolerance }: Manifest, cases: readonly Case[]): void {
  checkList(
    "knownFailures",
    knownFailures.map((entry) => ({ id: entry.case, reason: entry.reason })),
    new Set(cases.map(({ id }) => id)),
  );
  checkList(
    "unsupported",
    unsupported.map((entry) => ({ id: entry.fixture, reason: entry.reason })),
    new Set(fixtures().map(({ id }) => id)),
  );
  if (tolerance !== undefined && !(tolerance.factor >= 1 && hasText(tolerance.reason)))
    throw new RangeError("tolerance needs a factor of at least 1 and a reason.");
}

/** The cases of these ids, in the suite's order. All without a list. */
export function selectCases(all: readonly Case[], only: readonly string[] | undefined): readonly Case[] {
  if (only === undefined) return all;
  checkList(
    "only",
    only.map((id) => ({ id, reason: "chosen" })),
    new Set(all.map(({ id }) => id)),
  );
  return all.filter(({ id }) => only.includes(id));
}

function checkList(list: string, entries: readonly { readonly id: string; readonly reason: string }[], known: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const { id, reason } of entries) {
    if (!known.has(id)) throw new RangeError(`${list} names "${id}", which does not exist.`);
    if (seen.has(id)) throw new RangeError(`${list} names "${id}" twice.`);
    if (!hasText(reason)) throw new RangeError(`${list} gives no reason for "${id}".`);
    seen.add(id);
  }
}

function hasText(text: unknown): boolean {
  return typeof text === "string" && text.trim() !== "";
}
