import { nodeModule } from "./node-module.ts";

/**
 * Makes a folder of Node's file system, and those above it where they are missing, as `mkdir -p` does. Node's own recursion never ends below a folder that exists
 * and says of new names that it does not, such as /proc.
 *
 * @throws what the file system says
 */
export async function makeFolder(path: string): Promise<void> {
  const { mkdir, stat } = nodeModule("node:fs/promises") as typeof import("node:fs/promises");
  const { dirname } = nodeModule("node:path") as typeof import("node:path");
  const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code;
  const isFolder = (at: string): Promise<boolean> =>
    stat(at).then(
      (found) => found.isDirectory(),
      () => false,
    );
  const make = (at: string): Promise<unknown> =>
    mkdir(at).catch(async (error: unknown) => {
      if (!(await isFolder(at))) throw error;
    });
  await make(path).catch(async (error: unknown) => {
    const above = dirname(path);
    if (codeOf(error) !== "ENOENT" || above === path) throw error;
    // Another may have made it meanwhile; what is refused below a folder is refused again.
    if (!(await isFolder(above))) await makeFolder(above);
    await make(path);
  });
}
