import type { ImageLayout } from "../networks/relayout.ts";
import type { Manifest } from "../networks/manifest.ts";

/**
 * `passed`. `refused`: the backend declares not to have the capability, and the call rejected as it must. `unsupported`: the fixture is
 * listed as one that the backend cannot load, and it could not. `known-failure`: failed, and is listed with its reason. `failed`.
 */
export type CaseStatus = "passed" | "refused" | "unsupported" | "known-failure" | "failed";

export interface CaseResult {
  /** Id of the case. */
  readonly id: string;
  readonly status: CaseStatus;
  /** Why it was refused, unsupported or known to fail; what was wrong where it failed. */
  readonly reason?: string;
  readonly issue?: string | number;
}

/** The outcome of the suite for one backend, as plain data. */
export interface ConformanceReport {
  readonly format: 1;
  /** Version of @xdeep/conformance. */
  readonly suite: string;
  /** The manifest's name. */
  readonly name: string;
  readonly backend: string;
  readonly engine: string;
  readonly environment?: string;
  readonly layout: ImageLayout;
  readonly capabilities: Manifest["capabilities"];
  readonly tolerance?: Manifest["tolerance"];
  readonly cases: readonly CaseResult[];
}
