import { XDeepError } from "@xdeep/core";
import { demandOption } from "@xdeep/core/method";

/** A share, above 0 and at most 1. */
export function demandShare(metric: string, option: string, got: number): void {
  demandOption(got > 0 && got <= 1, metric, option, got, "a share above 0, at most 1");
}

/** @throws {XDeepError} OPTION_INVALID for what a metric needs of its subject and does not get */
export function needed<T>(metric: string, option: string, value: T | undefined, why: string): T {
  if (value !== undefined) return value;
  throw new XDeepError("OPTION_INVALID", `${metric} needs \`${option}\`: ${why}.`, { details: { metric, option } });
}
