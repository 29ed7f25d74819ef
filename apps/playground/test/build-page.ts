import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { preview } from "vite";

export interface BuiltPage extends AsyncDisposable {
  /** Below a path, as on a host with several sites. Ends with a slash. */
  readonly url: string;
  readonly folder: string;
  readonly server: Server;
}

/** Builds the page and serves it below /sub/path/, as `npm run page` does. */
export async function buildPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-page-"));
  // In a process of its own: what a test runner calls itself would make it a build for development.
  const vite = fileURLToPath(new URL("../node_modules/vite/bin/vite.js", import.meta.url));
  const root = fileURLToPath(new URL("..", import.meta.url));
  await promisify(execFile)(process.execPath, [vite, "build", "--outDir", folder, "--emptyOutDir", "--logLevel", "error"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production" },
  });
  const site = await preview({ root, base: "/sub/path/", logLevel: "error", build: { outDir: folder }, preview: { port: 0 } });
  return {
    url: site.resolvedUrls!.local[0]!,
    folder,
    server: site.httpServer as Server,
    async [Symbol.asyncDispose]() {
      await site.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
