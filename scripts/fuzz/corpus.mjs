import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { fixtures } from "@xdeep/conformance";
import { smallModels } from "./small-models.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHARED = join(ROOT, "..", "shared");
/** Larger files take longer to mutate than to learn from. */
const LARGEST = 2 ** 20;

/** The files that mutants are made of, { name, bytes } each, always in the same order: those of this repository, and those beside it where there are any. */
export function loadCorpus(file) {
  if (file !== undefined) return [{ name: file, bytes: readFileSync(file) }];
  return [
    ...fixtures().map((fixture) => ({ name: `fixture ${fixture.id}`, bytes: fixture.onnx() })),
    ...smallModels(),
    ...modelFiles(join(ROOT, "apps", "demo", "model")),
    ...["hostile", "golden", "models"].flatMap((folder) => modelFiles(join(SHARED, folder))),
    ...operatorCases(join(SHARED, "onnx-op-cases.jsonl.gz")),
  ].filter(({ bytes }) => bytes.length <= LARGEST);
}

function modelFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".onnx"))
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

function operatorCases(file) {
  if (!existsSync(file)) return [];
  const lines = gunzipSync(readFileSync(file)).toString().split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ case: name, model }) => ({ name, bytes: Buffer.from(model, "base64") }));
}
