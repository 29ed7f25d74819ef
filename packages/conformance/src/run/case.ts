import type { XDeepErrorCode } from "@xdeep/core";

import type { CaseContext } from "./case-context.ts";
import type { Manifest } from "../networks/manifest.ts";

/** A capability that a case needs. Where a backend declares not to have it, the same calls must reject. */
export type Requirement =
  | { readonly kind: "rule"; readonly rule: string }
  | { readonly kind: "innerValues" }
  | { readonly kind: "logits" }
  | { readonly kind: "severalTargets" }
  /** So many rows in one call. */
  | { readonly kind: "rows"; readonly rows: number };

/** One thing that the suite proves of a backend. */
export interface Case {
  /** Stable and namespaced by its group: "vjp/relu/at-zero". */
  readonly id: string;
  /** What holds when the case passes, in one sentence. */
  readonly proves: string;
  /** Ids of the fixtures it loads. */
  readonly fixtures: readonly string[];
  readonly requires?: Requirement | readonly Requirement[];
  /** Codes that the refusal may have besides CAPABILITY_MISSING. */
  readonly refusals?: readonly XDeepErrorCode[];
  /** Rejects when what it proves does not hold. */
  run(context: CaseContext): Promise<void>;
}

/** What a case needs and a backend declares not to have. */
export function unmet({ requires = [] }: Pick<Case, "requires">, manifest: Manifest): readonly Requirement[] {
  return listOf(requires).filter((requirement) => !isMet(requirement, manifest));
}

/** What a case needs, in words; empty where it needs nothing. */
export function describeRequirements(requires: Case["requires"] = []): string {
  return listOf(requires).map(describeRequirement).join(" and ");
}

function listOf(requires: Requirement | readonly Requirement[]): readonly Requirement[] {
  return Array.isArray(requires) ? (requires as readonly Requirement[]) : [requires as Requirement];
}

function isMet(requirement: Requirement, { capabilities }: Manifest): boolean {
  switch (requirement.kind) {
    case "rule":
      return capabilities.rules.includes(requirement.rule);
    case "rows":
      return requirement.rows <= (capabilities.maxBatch ?? requirement.rows);
    default:
      return capabilities[requirement.kind] === true;
  }
}

function describeRequirement(requirement: Requirement): string {
  switch (requirement.kind) {
    case "rule":
      return `rule "${requirement.rule}"`;
    case "rows":
      return `${requirement.rows} rows a call`;
    default:
      return requirement.kind;
  }
}
