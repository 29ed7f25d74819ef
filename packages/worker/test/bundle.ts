import { mkdtemp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { type BuildOptions, build } from "esbuild";

const folder = fileURLToPath(new URL("../node_modules/", import.meta.url));
const sources = fileURLToPath(new URL("../src/", import.meta.url));

/** Scripts of workers as Node runs them in threads, which know nothing of TypeScript. */
export interface Bundle {
  url(name: string): URL;
  remove(): Promise<void>;
}

/** The package beside `scripts` by name, in a folder from which Node finds the engines; in that of another bundle where one is given. */
export async function bundled(scripts: Readonly<Record<string, string>>, beside?: Bundle): Promise<Bundle> {
  const out = beside === undefined ? await mkdtemp(`${folder}.threads-`) : fileURLToPath(new URL(".", beside.url("index.js"))).replace(/\/$/, "");
  const options: BuildOptions = {
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["xdeep-source"],
    external: ["onnxruntime-node", "onnxruntime-web"],
    logLevel: "silent",
  };
  if (beside === undefined) await build({ ...options, entryPoints: [`${sources}index.ts`, `${sources}function-worker.ts`], outdir: out });
  for (const [name, contents] of Object.entries(scripts)) {
    await build({ ...options, stdin: { contents, resolveDir: sources, loader: "ts" }, outfile: `${out}/${name}` });
  }
  return { url: (name) => new URL(`file://${out}/${name}`), remove: () => rm(out, { recursive: true, force: true }) };
}
