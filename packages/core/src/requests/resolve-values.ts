import { isFloatType } from "../tensors/data-types.ts";
import { XDeepError, isXDeepError } from "../errors/error.ts";
import type { InnerValues } from "../contract/inner-values.ts";
import type { Model, ValueInfo } from "../contract/model.ts";
import { nearestNames } from "../errors/nearest-names.ts";

/**
 * The output that is explained: the one named, or the first float output.
 *
 * @param inner whose scores an error names, which can be explained where no output can: they are looked for then only
 * @throws {XDeepError} OUTPUT_UNKNOWN when it does not exist or is not a float
 */
export function resolveOutput(outputs: readonly ValueInfo[], name?: string, inner?: Pick<InnerValues, "scores">): ValueInfo {
  const found = name === undefined ? outputs.find(({ type }) => isFloatType(type)) : outputs.find((output) => output.name === name);
  if (found !== undefined && isFloatType(found.type)) return found;
  const listed = outputs.map((output) => `"${output.name}" (${output.type})`).join(", ");
  const what =
    name === undefined
      ? "The model has no float output"
      : found === undefined
        ? `The model has no output "${name}"`
        : `Output "${name}" is ${found.type}, which has no gradient`;
  const scores = inner?.scores ?? [];
  const todo = scores.length === 0 ? "" : ` Explain a value before them: output ${scores.map((score) => `"${score}"`).join(" or ")}.`;
  throw new XDeepError("OUTPUT_UNKNOWN", `${what}. Its outputs are ${listed}.${todo}`, {
    details: { output: name, outputs: outputs.map((output) => output.name) },
  });
}

/**
 * Names of the outputs that a request for a score needs: the one that is scored. Undefined where a model has none to score, so that it is the backend
 * that refuses, which knows what can be explained instead.
 */
export function scoredOutputs(outputs: readonly ValueInfo[], name?: string): readonly string[] | undefined {
  const scored = name ?? outputs.find(({ type }) => isFloatType(type))?.name;
  return scored === undefined ? undefined : [scored];
}

export interface ResolveWrtOptions {
  /** Float values inside the network that gradients can be taken of; undefined where the backend has no such capability. */
  readonly innerValues?: InnerValues | undefined;
}

/**
 * The values that gradients are taken of: those named, or every float input.
 *
 * @throws {XDeepError} WRT_UNKNOWN when a name does not exist or is not a float; CAPABILITY_MISSING when it is no input and the backend
 *   cannot differentiate with respect to inner values
 */
export function resolveWrt(inputs: readonly ValueInfo[], names?: readonly string[], { innerValues }: ResolveWrtOptions = {}): readonly string[] {
  const floats = inputs.filter(({ type }) => isFloatType(type)).map(({ name }) => name);
  if (names === undefined) {
    if (floats.length > 0) return floats;
    throw noFloatInput(inputs, innerValues?.entries ?? []);
  }
  if (names.length === 0) throw new XDeepError("WRT_UNKNOWN", "`wrt` names nothing; leave it out for every float input.", { details: { wrt: names } });
  for (const name of names) checkWrt(name, inputs, floats, innerValues);
  return [...new Set(names)];
}

/** `Model.entryValues`, of a backend that can name inner values. */
export function valuesToName(
  { inputs, defaultWrt }: Pick<Model, "inputs" | "defaultWrt">,
  innerValues: InnerValues | undefined,
): readonly string[] | undefined {
  return defaultWrt !== undefined || inputs.some(({ type }) => isFloatType(type)) ? undefined : innerValues?.entries;
}

function checkWrt(name: string, inputs: readonly ValueInfo[], floats: readonly string[], innerValues: ResolveWrtOptions["innerValues"]): void {
  if (floats.includes(name) || innerValues?.get(name) !== undefined) return;
  const input = inputs.find((candidate) => candidate.name === name);
  if (input !== undefined) {
    throw new XDeepError("WRT_UNKNOWN", `Input "${name}" is ${input.type}, which has no gradient. Float inputs: ${quote(floats)}.`, {
      details: { wrt: name, type: input.type },
    });
  }
  if (innerValues === undefined) {
    throw new XDeepError("CAPABILITY_MISSING", `"${name}" is no input of the model (${quote(floats)}), and this backend has no gradients of inner values.`, {
      details: { wrt: name, capability: "innerValues" },
    });
  }
  throw unknownWrt(name, [...floats, ...innerValues.names()]);
}

/**
 * The error for a name in `wrt` that is no float value of the model. `candidates` are its float values, to name the nearest.
 */
export function unknownWrt(name: string, candidates: Iterable<string>): XDeepError {
  const nearest = nearestNames(name, new Set(candidates));
  return new XDeepError("WRT_UNKNOWN", `The model has no float value "${name}". Nearest: ${quote(nearest)}.`, { details: { wrt: name, nearest } });
}

/**
 * What to throw where a method asked a model for the values of `wrt` as outputs, and it refused one of them: the caller named it in `wrt`.
 * Any other error stays as it is.
 */
export function asUnknownWrt(error: unknown, inputs: readonly ValueInfo[]): unknown {
  if (!isXDeepError(error, "OUTPUT_UNKNOWN")) return error;
  const { output, nearest = [] } = error.details as { readonly output: string; readonly nearest?: readonly string[] };
  const floats = inputs.filter(({ type }) => isFloatType(type)).map(({ name }) => name);
  return unknownWrt(output, [...floats, ...nearest]);
}

function quote(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `"${name}"`).join(", ");
}

function noFloatInput(inputs: readonly ValueInfo[], entries: readonly string[]): XDeepError {
  const listed = inputs.map(({ name, type }) => `"${name}" (${type})`).join(", ");
  const todo =
    entries.length === 0
      ? "Name a float value inside the network in `wrt`, such as the output of its embedding."
      : `Name a float value inside the network in \`wrt\`, such as ${entries.map((name) => `"${name}"`).join(" or ")}.`;
  return new XDeepError("WRT_UNKNOWN", `The model has no float input (${listed}), so there is no input gradient. ${todo}`, {
    details: { inputs: inputs.map(({ name, type }) => ({ name, type })), candidates: entries },
  });
}
