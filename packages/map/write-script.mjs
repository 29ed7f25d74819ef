// Replaces dist/script.js, which bundles when it is imported, by a module that holds the text: users need no bundler.
import { writeFileSync } from "node:fs";

import { buildSync } from "esbuild";

const { outputFiles } = buildSync({
  entryPoints: ["dist/index.js"],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  platform: "browser",
  target: "es2022",
  charset: "utf8",
});
writeFileSync("dist/script.js", `export const MAP_SCRIPT = ${JSON.stringify(outputFiles[0].text)};\n`);
