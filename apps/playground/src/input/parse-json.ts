import { XDeepError } from "@xdeep/core";

/** @throws {XDeepError} INPUT_TYPE where the text, that of the named file where it has one, is no JSON */
export function parseJson(text: string, name = "This"): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new XDeepError("INPUT_TYPE", `${name} is no JSON.`, { cause });
  }
}
