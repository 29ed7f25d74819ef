import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));

/** Puts the binaries of the engines beside a page, into its folder "engine". */
export async function copyEngines(page: string): Promise<void> {
  const folder = join(page, "engine");
  await mkdir(folder);
  for (const engine of ["onnxruntime-web/dist", "@tensorflow/tfjs-backend-wasm/dist"]) {
    const names = (await readdir(join(modules, engine))).filter((file) => /^ort-wasm-simd-threaded(\.asyncify)?\.(wasm|mjs)$|^tfjs-.*\.wasm$/.test(file));
    for (const file of names) await cp(join(modules, engine, file), join(folder, file));
  }
}
