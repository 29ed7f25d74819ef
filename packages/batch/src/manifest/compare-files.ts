import type { FileRow } from "./manifest.ts";

/** How the files of one list differ from those of another that was made before, in words; "" where they do not. */
export function compareFiles(before: readonly FileRow[], now: readonly FileRow[]): string {
  const [old, recent] = [before, now].map((files) => new Map(files.map((row) => [row.file, row])));
  const kept = now.flatMap((row) => (old!.has(row.file) ? [[old!.get(row.file)!, row] as const] : []));
  const differ = (of: (row: FileRow) => unknown): readonly FileRow[] => kept.filter(([a, b]) => of(a) !== of(b)).map(([, row]) => row);
  const found = [
    told(
      now.filter(({ file }) => !old!.has(file)),
      "new",
    ),
    told(
      before.filter(({ file }) => !recent!.has(file)),
      "gone",
    ),
    told(
      differ(({ sha256 }) => sha256),
      "changed",
    ),
    told(
      differ(({ target, label }) => JSON.stringify([target, label])),
      "of another target or label",
    ),
  ];
  return found.filter((text) => text !== "").join(", ");
}

function told(files: readonly FileRow[], what: string): string {
  const [first] = files;
  return first === undefined ? "" : `${files.length} ${what}, such as "${first.file}"`;
}
