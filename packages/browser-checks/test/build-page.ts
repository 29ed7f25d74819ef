import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

export interface BuiltPage extends AsyncDisposable {
  /** Holds "NAME.html" for each script "…/NAME.ts". */
  readonly folder: string;
}

/** Bundles scripts of `pages/` from the sources of our packages, each with a page that runs it. */
export async function buildPages(scripts: readonly string[]): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-page-"));
  const entryPoints = scripts.map((script) => fileURLToPath(new URL(`../pages/${script}`, import.meta.url)));
  // What @xdeep/test-models reads files with is dropped, as it is not used.
  const external = ["node:fs"];
  await build({ entryPoints, bundle: true, format: "esm", outdir: folder, conditions: ["xdeep-source"], external, logLevel: "error" });
  for (const script of scripts) {
    const name = basename(script, ".ts");
    const html = `<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," /><script type="module" src="${name}.js"></script>`;
    await writeFile(join(folder, `${name}.html`), html);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
