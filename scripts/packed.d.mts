export function packAll(folder: string): ReadonlyMap<string, string>;
export function install(
  folder: string,
  names: readonly string[],
  tarballs: ReadonlyMap<string, string>,
  engines?: Readonly<Record<string, string>>,
): readonly string[];
export function versionOf(backend: string, engine: string): string;
