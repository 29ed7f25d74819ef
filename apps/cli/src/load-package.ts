import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { CONTRACT_VERSION, XDeepError } from "@xdeep/core";
import { resolve } from "import-meta-resolve";

/** What packages of others can bring. */
export type PackageKind = "method" | "backend";

/** A module of others that fits this version of xdeep. */
export interface LoadedPackage<F> {
  /** As it is imported: a package, or a path. */
  readonly specifier: string;
  /** What it exports under the name that the command line calls. */
  readonly run: F;
}

/** The export that is called, by kind. */
const EXPORTS: Readonly<Record<PackageKind, string>> = { method: "method", backend: "loadModel" };

/** What a name can stand for, the likeliest first: a path, a package of that name, or one that is named as packages of its kind are. */
export function packageNames(kind: PackageKind, name: string): readonly string[] {
  const prefix = `xdeep-${kind}-`;
  return isPath(name) || name.startsWith("@") || name.startsWith(prefix) ? [name] : [`${prefix}${name}`, name];
}

/**
 * Where a package or a file is that a name stands for, from the current folder, or else from this package. Null where there is none.
 *
 * @throws {XDeepError} OPTION_INVALID for a package that cannot be imported
 */
export function findPackage(kind: PackageKind, name: string): { readonly specifier: string; readonly url: string } | null {
  for (const specifier of packageNames(kind, name)) {
    for (const parent of [pathToFileURL(join(process.cwd(), "xdeep")).href, import.meta.url]) {
      const url = resolveFrom(specifier, parent);
      if (url !== null) return { specifier, url };
    }
  }
  return null;
}

/**
 * Imports a package, and checks that it was written for this contract before anything of it is called.
 *
 * @throws {XDeepError} CONTRACT_VERSION; OPTION_INVALID where it cannot be loaded, or does not export what its kind does
 */
export async function loadPackage<F>(kind: PackageKind, { specifier, url }: { readonly specifier: string; readonly url: string }): Promise<LoadedPackage<F>> {
  const module = (await import(url).catch((cause: unknown) => {
    throw invalid(specifier, `cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  })) as Readonly<Record<string, unknown>>;
  checkVersion(specifier, module["contractVersion"], kind);
  const run = module[EXPORTS[kind]];
  if (typeof run !== "function") throw invalid(specifier, `exports no function "${EXPORTS[kind]}", as a ${kind} does (docs/write-a-${kind}.md)`);
  return { specifier, run: run as F };
}

function checkVersion(specifier: string, got: unknown, kind: PackageKind): void {
  if (got === CONTRACT_VERSION) return;
  const said = got === undefined ? "does not say which contract it was written for" : `was written for contract ${String(got)}`;
  throw new XDeepError(
    "CONTRACT_VERSION",
    `"${specifier}" ${said}, and this xdeep has contract ${CONTRACT_VERSION}. Install versions that belong together; whoever writes it exports \`contractVersion\` (docs/write-a-${kind}.md).`,
    { details: { package: specifier, expected: CONTRACT_VERSION, got: got ?? null } },
  );
}

/** Null where there is no such package or file. */
function resolveFrom(specifier: string, parent: string): string | null {
  try {
    return resolve(isPath(specifier) && !specifier.startsWith(".") ? pathToFileURL(specifier).href : specifier, parent);
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT" || code === "ERR_INVALID_MODULE_SPECIFIER") return null;
    throw invalid(specifier, `cannot be imported: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function isPath(name: string): boolean {
  return /^(?:\.{0,2}[/\\]|[a-z]:[/\\])/i.test(name);
}

function invalid(specifier: string, what: string, cause?: unknown): XDeepError {
  return new XDeepError("OPTION_INVALID", `"${specifier}" ${what}.`, { details: { package: specifier }, cause });
}
