/**
 * A module of Node's by its name, such as "node:fs/promises", without an import that bundlers for browsers would have to resolve; null where there
 * is none, as in browsers.
 */
export function nodeModule(name: string): unknown {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.(name) ?? null;
}
