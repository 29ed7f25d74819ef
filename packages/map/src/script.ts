import { fileURLToPath } from "node:url";

import { buildSync } from "esbuild";

const { outputFiles } = buildSync({
  // From the sources, also for `write-script.mjs`, which imports this module as it is built.
  entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  platform: "browser",
  target: "es2022",
  charset: "utf8",
  conditions: ["xdeep-source"],
});

/** `<xdeep-map>` as one script without imports, for pages that stand alone. The build puts the text itself into the published module. */
export const MAP_SCRIPT: string = outputFiles[0]!.text;
