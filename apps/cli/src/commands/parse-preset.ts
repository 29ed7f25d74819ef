import { PRESETS } from "@xdeep/image";
import { InvalidArgumentError } from "commander";

/** The name of a preset, or a file with one. @throws {InvalidArgumentError} */
export function parsePreset(text: string): string {
  if (Object.hasOwn(PRESETS, text) || text.endsWith(".json")) return text;
  throw new InvalidArgumentError(`There is no preset "${text}". Allowed choices are ${Object.keys(PRESETS).join(", ")}, or a .json file.`);
}
