import { type ViteUserConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** The networks of ../shared/golden, with gradients known to float64: they fail, not skip, where the folder is missing. */
const config: ViteUserConfig = mergeConfig(base, { test: { testTimeout: 300_000 } }) as ViteUserConfig;
config.test!.include = ["packages/*/test/**/*.golden.ts"];

export default config;
