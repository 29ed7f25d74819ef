import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { RuleSpec } from "./rule-spec.ts";

/** The folder of the rules. */
export const rulesFolder: URL = new URL("../src/rules/", import.meta.url);

/** One spec file of a rule. */
export interface SpecFile {
  readonly file: string;
  readonly rows: readonly RuleSpec[];
}

/** Every spec file, by its path from the folder of the rules, in order of paths. */
export const specFiles: readonly string[] = readdirSync(fileURLToPath(rulesFolder), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".spec.ts"))
  .map((file) => file.replaceAll("\\", "/"))
  .sort();

/** The rows of these spec files. */
export function readSpecs(files: readonly string[]): Promise<readonly SpecFile[]> {
  return Promise.all(
    files.map(async (file) => ({
      file,
      rows: ((await import(/* @vite-ignore */ new URL(file, rulesFolder).href)) as { readonly rows: readonly RuleSpec[] }).rows,
    })),
  );
}

/** Every `parts`-th spec file from `part` on: the files are spread over test files, which run side by side. */
export function specsOfPart(part: number, parts: number): Promise<readonly SpecFile[]> {
  return readSpecs(specFiles.filter((_, i) => i % parts === part));
}
