import { XDeepError } from "@xdeep/core";

/**
 * Imports an optional package by name, so that bundlers do not look for it.
 *
 * @throws {XDeepError} ENGINE_MISSING when it is not installed, or installed without the binary it needs
 */
export async function importPackage<T>(packageName: string): Promise<T> {
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ packageName)) as T;
  } catch (cause) {
    throw importError(packageName, cause);
  }
}

/** What to tell about a package that could not be imported. */
export function importError(packageName: string, cause: unknown): XDeepError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!.trim();
  const code = (cause as { code?: unknown } | null)?.code;
  // Only the package itself: something missing inside an installed package is a broken installation.
  const isAbsent = (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND" || code === undefined) && isAbout(packageName, reason);
  const advice = isAbsent
    ? `"${packageName}" is not installed. Install it: npm install ${packageName}. In a browser, import it in your own code before the model is loaded${isLibrary(packageName) ? ", and pass it as `library`" : ""}.`
    : `"${packageName}" is installed but does not load: ${reason} Its native part is probably missing or does not fit this Node; let its install script run (npm rebuild ${packageName}; pnpm: allow its build script) or use another engine, such as "wasm".`;
  return new XDeepError("ENGINE_MISSING", advice, { details: { package: packageName, reason }, cause });
}

function isLibrary(packageName: string): boolean {
  return packageName === "@tensorflow/tfjs-layers" || packageName === "@tensorflow/tfjs-converter";
}

/** Node says "Cannot find package 'x'", browsers "Failed to resolve module specifier 'x'" (in several wordings). */
function isAbout(packageName: string, reason: string): boolean {
  return new RegExp(`(find (package|module)|resolve|specifier|load url).{0,40}${packageName}(?![\\w/-])`, "i").test(reason);
}
