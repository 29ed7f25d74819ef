import { type Target, XDeepError } from "@xdeep/core";
import { nearestNames } from "@xdeep/core/method";

import type { ModelInput } from "../models/model-run.ts";
import type { OpenedModel } from "../options.ts";
import { invalidBody } from "./http-error.ts";
import { fieldsOf } from "./read-body.ts";

/** Parameters of an explanation that are no method's. */
export const REQUEST_PARAMETERS: readonly string[] = ["method", "target", "score", "output", "wrt", "take_max", "timeout", "binary_data_output"];

/**
 * What is asked of an explanation beside its inputs.
 *
 * @throws {HttpError} 400; {XDeepError} TARGET_INVALID
 */
export function readExplain(parameters: unknown, rows: number, { labels }: OpenedModel): Omit<Extract<ModelInput, { kind: "explain" }>, "kind" | "feeds"> {
  const given = parameters === undefined ? {} : fieldsOf(parameters, "parameters");
  const { method = "vanilla", target = null, score, output, wrt, take_max: takeMax = false } = given;
  if (typeof method !== "string") throw invalidBody('"method" is a name, such as "integrated".');
  if (score !== undefined && score !== "logit" && score !== "probability") throw invalidBody('"score" is "logit" or "probability".');
  if (output !== undefined && typeof output !== "string") throw invalidBody('"output" is the name of one.');
  if (typeof takeMax !== "boolean") throw invalidBody('"take_max" is true or false.');
  const names = typeof wrt === "string" ? [wrt] : wrt;
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === "string")))
    throw invalidBody('"wrt" is a name, or a list of names.');
  return {
    method,
    parameters: Object.fromEntries(Object.entries(given).filter(([name]) => !REQUEST_PARAMETERS.includes(name))),
    targets: readTargets(target, rows, labels),
    score,
    output,
    wrt: names as readonly string[] | undefined,
    takeMax,
  };
}

/** One target for all rows, or a list with one for each. */
function readTargets(target: unknown, rows: number, labels: OpenedModel["labels"]): readonly Target[] | null {
  if (target === null) return null;
  if (!Array.isArray(target)) return Array.from({ length: rows }, () => readTarget(target, labels));
  if (target.length !== rows) throw invalidBody(`"target" is one class, or a list of ${rows}: one for each row.`);
  return target.map((each) => readTarget(each, labels));
}

function readTarget(target: unknown, labels: OpenedModel["labels"]): Target {
  if (typeof target === "number") return target;
  if (typeof target === "object" && target !== null && ["index", "terms", "max"].some((form) => form in target)) return target as Target;
  if (typeof target !== "string") throw invalidBody('A target is a number, the name of a class, or { "index" }, { "terms" }, { "max" }.');
  const index = labels?.findIndex((label) => label?.toLowerCase() === target.toLowerCase()) ?? -1;
  if (index >= 0) return index;
  const known = (labels ?? []).filter((label) => label !== undefined);
  const nearest = known.length === 0 ? "This model has no names of classes: give a number." : `Nearest: ${nearestNames(target, known).join(", ")}.`;
  throw new XDeepError("TARGET_INVALID", `No class is called "${target.slice(0, 100)}". ${nearest}`);
}
