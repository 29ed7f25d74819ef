import type { ViteUserConfig } from "vitest/config";
import { testsApart } from "./vitest.config.ts";

/**
 * What needs Chromium (`apt-get install -y chromium`), apart from the other tests, which need Node alone: it fails where there is none. One
 * file after the other, because each takes every core; the limit is a guard against hangs.
 */
const config: ViteUserConfig = testsApart(["packages/*/test/**/*.chromium.ts", "apps/*/test/**/*.chromium.ts"], 600_000);
config.test!.fileParallelism = false;

export default config;
