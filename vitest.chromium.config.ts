import { type ViteUserConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** What needs Chromium (`apt-get install -y chromium`), apart from the other tests, which need Node alone: it fails where there is none. */
const config: ViteUserConfig = mergeConfig(base, { test: { testTimeout: 120_000, hookTimeout: 120_000 } }) as ViteUserConfig;
config.test!.include = ["packages/*/test/**/*.chromium.ts", "apps/*/test/**/*.chromium.ts"];

export default config;
