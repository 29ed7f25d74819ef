import { opVersions, removedSince } from "./op-versions.ts";

/** True for the two spellings of the default domain. */
export function isDefaultDomain(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

/**
 * The version in which an operator got the meaning that it has at `opset`: 13 for Relu at opset 13, 14 at opset 17.
 * Undefined for operators that are unknown, not there yet, or no longer there (Upsample from 10, Scatter from 11), and for other domains.
 */
export function sinceVersion(domain: string, op: string, opset: number): number | undefined {
  if (!isDefaultDomain(domain) || !Object.hasOwn(opVersions, op)) return undefined;
  const removed = removedSince[op];
  if (removed !== undefined && opset >= removed) return undefined;
  return opVersions[op]?.findLast((version) => version <= opset);
}
