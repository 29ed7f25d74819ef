import type { ViteUserConfig } from "vitest/config";
import { testsApart } from "./vitest.config.ts";

/** The networks of ../shared/golden, with gradients known to float64: they fail, not skip, where the folder is missing. */
const config: ViteUserConfig = testsApart(["packages/*/test/**/*.golden.ts"], 300_000);

export default config;
