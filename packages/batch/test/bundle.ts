import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const folder = fileURLToPath(new URL("../node_modules/", import.meta.url));
const sources = fileURLToPath(new URL("../src/", import.meta.url));

/** The package as Node runs it in threads and processes, which know nothing of TypeScript. */
export interface Bundle {
  readonly folder: string;
  /** The path of a module that is written beside it. */
  write(name: string, code: string): Promise<string>;
  remove(): Promise<void>;
}

export async function bundled(): Promise<Bundle> {
  const out = await mkdtemp(`${folder}.batch-`);
  await build({
    entryPoints: [`${sources}index.ts`, { in: `${sources}shards/shard-worker.ts`, out: "shard-worker" }],
    outdir: out,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    conditions: ["xdeep-source"],
    external: ["csv-parse", "hyparquet", "hyparquet-compressors", "hyparquet-writer", "npyjs", "tinyglobby"],
    logLevel: "silent",
  });
  await writeFile(`${out}/package.json`, '{ "type": "module" }');
  return {
    folder: out,
    write: async (name, code) => {
      await writeFile(`${out}/${name}`, code);
      return `file://${out}/${name}`;
    },
    remove: () => rm(out, { recursive: true, force: true }),
  };
}
