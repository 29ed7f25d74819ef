import { parse } from "node:path";

/** A name for the results of each file: its own without extension, numbered where several files share it. */
export function fileStems(paths: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return paths.map((path) => {
    const { name } = parse(path);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

/** The name of a value of the model as a part of a file name. */
export function safeName(name: string): string {
  return name.replace(/[^\w.-]+/g, "_").replace(/^_+|_+$/g, "") || "value";
}
