import { parseJson } from "./parse-json.ts";

/** Names of classes: a text file with one per line, a JSON list, or an object from index to name, as Keras and Hugging Face write it. */
export async function readLabels(file: Blob & { readonly name?: string }): Promise<readonly string[]> {
  const text = await file.text();
  if (!/^\s*[[{]/.test(text)) return text.trimEnd().split(/\r?\n/);
  const json = parseJson(text, file.name);
  const found = (json as { readonly id2label?: unknown; readonly labels?: unknown }).id2label ?? (json as { readonly labels?: unknown }).labels ?? json;
  if (Array.isArray(found)) return found.map(String);
  const labels: string[] = [];
  for (const [index, name] of Object.entries(found as Readonly<Record<string, unknown>>)) {
    if (/^\d+$/.test(index)) labels[Number(index)] = String(Array.isArray(name) ? name.at(-1) : name);
  }
  return Array.from(labels, (label, n) => label ?? `class ${n}`);
}
