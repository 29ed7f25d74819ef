import type { ViteUserConfig } from "vitest/config";
import { testsApart } from "./vitest.config.ts";

/** Faults of several machines, on a Redis that the tests start and stop (`apt-get install -y redis-server`): it fails where there is none. */
const config: ViteUserConfig = testsApart(["{packages,apps}/*/test/*.redis.ts"], 180_000);
config.test!.fileParallelism = false;

export default config;
