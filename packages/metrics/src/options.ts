import { XDeepError } from "@xdeep/core";

/** @throws {XDeepError} OPTION_INVALID unless the option is what is expected */
export function demand(holds: boolean, metric: string, option: string, got: unknown, expected: string): void {
  if (holds) return;
  throw new XDeepError("OPTION_INVALID", `${metric}: ${option} must be ${expected}, got ${String(got)}.`, { details: { metric, option, got } });
}

export function demandCount(metric: string, option: string, got: number, least = 1): void {
  demand(Number.isInteger(got) && got >= least, metric, option, got, `an integer of at least ${least}`);
}

/** A share, above 0 and at most 1. */
export function demandShare(metric: string, option: string, got: number): void {
  demand(got > 0 && got <= 1, metric, option, got, "a share above 0, at most 1");
}

/** @throws {XDeepError} OPTION_INVALID for what a metric needs of its subject and does not get */
export function needed<T>(metric: string, option: string, value: T | undefined, why: string): T {
  if (value !== undefined) return value;
  throw new XDeepError("OPTION_INVALID", `${metric} needs \`${option}\`: ${why}.`, { details: { metric, option } });
}
