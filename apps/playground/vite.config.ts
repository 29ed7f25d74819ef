import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { type Plugin, type UserConfig, defineConfig } from "vite";

import { documentation } from "./docs-site/docs-plugin.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Our packages are read from their sources, so that the page needs no build of them. */
const conditions = ["xdeep-source", "browser", "module", "import", "default"];

/** Writes the service worker, which is told of every file that there is. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    generateBundle(_, bundle) {
      const built = Object.keys(bundle).filter((name) => !/\.map$|asyncify|^docs\/api-/.test(name));
      const copied = readdirSync(new URL("public/", import.meta.url), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(`${folder}public/`.length));
      const files = ["./", ...new Set([...built.filter((name) => name !== "index.html"), ...copied])];
      const name = `xdeep-${createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12)}`;
      const head = `const NAME = ${JSON.stringify(name)};\nconst FILES = ${JSON.stringify(files)};\n`;
      this.emitFile({ type: "asset", fileName: "service-worker.js", source: head + readFileSync(new URL("service-worker.js", import.meta.url), "utf8") });
    },
  };
}

const config: UserConfig = defineConfig({
  // Works below any path.
  base: "./",
  plugins: [svelte(), documentation(), offline()],
  resolve: { conditions },
  worker: { format: "es" },
  // What is not there is said to be missing.
  appType: "mpa",
  // With these headers browsers give memory that threads share.
  preview: { host: "127.0.0.1", headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" } },
  build: {
    rollupOptions: { input: { page: `${folder}index.html`, docs: `${folder}src/docs/docs.ts` } },
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

export default config;
