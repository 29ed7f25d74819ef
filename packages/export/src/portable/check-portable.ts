import { XDeepError } from "@xdeep/core";
import { type ModelProto, externalDataFiles, readModel } from "@xdeep/onnx";

import type { PortabilityFinding } from "./finding.ts";
import { PORTABLE_RULES } from "./rules.ts";

/** How many findings of one rule are told one by one. */
const MOST_OF_A_RULE = 5;

/**
 * What keeps an ONNX file from running where other people run models: every rule of the portable profile, on any file. Nothing runs. A file without errors
 * loads, batched, in Triton and KServe, Spark, Beam, databases, ONNX Runtime 1.14 and later, and browsers.
 *
 * @throws {XDeepError} MODEL_INVALID for bytes that are no ONNX model
 */
export function checkPortable(bytes: Uint8Array): readonly PortabilityFinding[] {
  return findingsOf(readModel(bytes));
}

/** The same of a model that is not written yet. */
export function findingsOf(model: ModelProto): readonly PortabilityFinding[] {
  const outside = externalDataFiles(model);
  const findings = Object.values(PORTABLE_RULES).flatMap((check) => few([...check(model)]));
  if (outside.length === 0) return findings;
  const message = `Weights lie in ${outside.length === 1 ? `another file, "${outside[0]}"` : `${outside.length} other files`}: Spark ships models as bytes, and Triton wants a folder model.onnx/ for them. Below 2 GB, save the model as one file.`;
  return [...findings, { rule: "external-data", severity: "error", where: "", message }];
}

function few(findings: readonly PortabilityFinding[]): readonly PortabilityFinding[] {
  const [first] = findings;
  if (first === undefined || findings.length <= MOST_OF_A_RULE) return findings;
  const rest = findings.length - MOST_OF_A_RULE;
  return [...findings.slice(0, MOST_OF_A_RULE), { ...first, where: "", message: `The same of ${rest} more.` }];
}

/** The error for a file that was to be portable. */
export function portabilityError(findings: readonly PortabilityFinding[]): XDeepError {
  const lines = findings.map(({ rule, message }) => `${rule}: ${message}`);
  const message = `This explainer breaks ${findings.length === 1 ? "a rule" : "rules"} of the portable profile.\n${lines.join("\n")}\nFor an ONNX Runtime of your own, pass profile: "server".`;
  return new XDeepError("MODEL_UNSUPPORTED", message, { details: { findings } });
}
