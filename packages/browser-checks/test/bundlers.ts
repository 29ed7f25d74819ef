import { copyFile, cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { type Plugin, rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";

/** Builds the consumer's page in `folder` into `out`, as docs/browsers.md says: nothing is set but where things lie. */
export type Bundler = (folder: string, out: string) => Promise<void>;

export const BUNDLERS: Readonly<Record<string, Bundler>> = { webpack: withWebpack, esbuild: withEsbuild, Rollup: withRollup, Vite: withVite };

function withWebpack(folder: string, out: string): Promise<void> {
  const compiler = webpack({ mode: "production", context: folder, entry: "./page.js", output: { path: out, filename: "page.js" } });
  return new Promise((resolve, reject) => {
    compiler!.run((failure, stats) => {
      const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
      // Warnings that are about no module recommend how to split bundles.
      const problems = [...errors, ...warnings.filter(({ moduleName }) => moduleName !== undefined)].map(
        ({ message, moduleName }) => `${moduleName}: ${message}`,
      );
      compiler!.close(() => (failure ? reject(failure) : problems.length > 0 ? reject(new Error(problems.join("\n"))) : resolve()));
    });
  });
}

async function withEsbuild(folder: string, out: string): Promise<void> {
  const entryPoints = ["page.js", "explain.worker.js"].map((name) => join(folder, name));
  const { warnings } = await esbuild.build({ entryPoints, bundle: true, minify: true, format: "esm", outdir: out, logLevel: "silent" });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
  await copyEngine(folder, out);
}

async function withRollup(folder: string, out: string): Promise<void> {
  const bundle = await rollup({
    input: ["page.js", "explain.worker.js"].map((name) => join(folder, name)),
    // Its types call the default export a namespace.
    plugins: [nodeResolve({ browser: true }), (commonjs as unknown as () => Plugin)()],
    onwarn(warning) {
      // Packages of others: TensorFlow.js looks for its global object in \`this\`, and reads files of its own in a circle.
      if (warning.code !== "THIS_IS_UNDEFINED" && warning.code !== "CIRCULAR_DEPENDENCY" && warning.code !== "EVAL") throw new Error(warning.message);
    },
  });
  await bundle.write({ dir: out, format: "es" });
  await bundle.close();
  await copyEngine(folder, out);
}

async function withVite(folder: string, out: string): Promise<void> {
  await vite.build({ root: folder, configFile: false, base: "./", logLevel: "error", build: { outDir: out, emptyOutDir: false, modulePreload: false } });
}

/** esbuild and Rollup leave the engine's binary where it is; it looks for it beside the bundle. */
async function copyEngine(folder: string, out: string): Promise<void> {
  const engine = join(folder, "node_modules/onnxruntime-web/dist");
  for (const name of await readdir(engine)) if (/^ort-wasm-simd-threaded\.(wasm|mjs)$/.test(name)) await copyFile(join(engine, name), join(out, name));
}

/** The page itself, for bundlers that build scripts alone, and the files that it fetches. */
export async function layOut(folder: string, out: string, files: string): Promise<void> {
  await mkdir(out, { recursive: true });
  await cp(files, out, { recursive: true });
  await writeFile(
    join(out, "index.html"),
    '<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," /><script type="module" src="page.js"></script>',
  );
  await copyFile(join(out, "index.html"), join(folder, "index.html"));
}
