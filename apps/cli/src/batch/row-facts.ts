import type { Json } from "@xdeep/batch";
import type { MethodDescription, Rule, Score } from "@xdeep/core";

import type { ExplainedLayer } from "../explain/explanation.ts";
import type { EntryKind, ScoredEntry } from "../explain/targets/score-input.ts";

/** What `xdeep explain` keeps of every row of a shard, besides its target, score and deltas. */
export interface RowFacts {
  readonly output: string;
  readonly entries: EntryKind;
  readonly score: Score;
  readonly top: readonly ScoredEntry[];
  /** By the names of methods. */
  readonly methods: Readonly<Record<string, MethodFacts>>;
}

export interface MethodFacts {
  readonly method: MethodDescription;
  readonly rule: Rule;
  readonly rectifiers: number;
  readonly layer: ExplainedLayer | null;
  /** Names of the inputs, or of the values inside, that it attributes to. */
  readonly values: readonly string[];
  readonly notes: readonly string[];
}

/** The facts of a row; null where another job than that of `xdeep explain` wrote it. */
export function rowFacts(facts: Json | undefined): RowFacts | null {
  return typeof facts === "object" && facts !== null && "methods" in facts && "output" in facts ? (facts as unknown as RowFacts) : null;
}

/** The name of an array of a shard: the method's, with that of the value where there are several. */
export function arrayName(method: string, value: string, isOnly: boolean): string {
  return isOnly ? method : `${method}.${value}`;
}

/** Of what an array holds: the method, and the value that it attributes to. */
export function arrayFacts(name: string, methods: RowFacts["methods"]): { readonly facts: MethodFacts; readonly value: string | undefined } | null {
  for (const [method, facts] of Object.entries(methods)) {
    const { values } = facts;
    if (name === method) return { facts, value: values[0] };
    const value = values.find((each) => name === arrayName(method, each, false));
    if (value !== undefined) return { facts, value };
  }
  return null;
}
