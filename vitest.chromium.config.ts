import type { ViteUserConfig } from "vitest/config";
import { testsApart } from "./vitest.config.ts";

/** What needs Chromium (`apt-get install -y chromium`), apart from the other tests, which need Node alone: it fails where there is none. */
const config: ViteUserConfig = testsApart(["packages/*/test/**/*.chromium.ts", "apps/*/test/**/*.chromium.ts"], 120_000);

export default config;
