import { type MethodDescription, XDeepError } from "@xdeep/core";

/** One method, or several by the names that their outputs get. */
export type ExportedMethods = MethodDescription | Readonly<Record<string, MethodDescription>>;

/**
 * Methods with what their outputs' names end in, at least one.
 *
 * @throws {XDeepError} OPTION_INVALID for none, and for names that are none
 */
export function namedMethods(methods: ExportedMethods): readonly (readonly [suffix: string, MethodDescription])[] {
  if (typeof methods["name"] === "string") return [["", methods as MethodDescription]];
  const entries = Object.entries(methods as Readonly<Record<string, MethodDescription>>);
  const wrong = entries.find(([name]) => !/^[a-z][a-z0-9_]*$/.test(name));
  if (entries.length > 0 && wrong === undefined) return entries.map(([name, method]) => [`_${name}`, method]);
  const problem = wrong === undefined ? "None was given" : `"${wrong[0]}" is no such name`;
  throw new XDeepError("OPTION_INVALID", `Several methods are given by names of small letters, digits and "_", which end their outputs' names. ${problem}.`, {
    details: { got: entries.map(([name]) => name) },
  });
}
