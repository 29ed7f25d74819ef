import type { ViteUserConfig } from "vitest/config";
import base from "./vitest.config.ts";

const { projects: _, ...test } = base.test!;

/** The networks of ../shared/golden, with gradients known to float64: they fail, not skip, where the folder is missing. */
const config: ViteUserConfig = { ...base, test: { ...test, testTimeout: 300_000, include: ["packages/*/test/**/*.golden.ts"] } };

export default config;
