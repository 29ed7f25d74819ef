import { parse } from "node:path";

/** A name for the results of each file: its own without extension, numbered where that is taken. */
export function fileStems(paths: readonly string[]): readonly string[] {
  return uniqueNames(paths.map((path) => parse(path).name));
}

/** The names, numbered where one is taken. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count++) unique = `${name}-${count}`;
    taken.add(unique);
    return unique;
  });
}

/** The name of a value of the model as a part of a file name. */
export function safeName(name: string): string {
  return name.replace(/[^\w.-]+/g, "_").replace(/^[._]+|_+$/g, "") || "value";
}
