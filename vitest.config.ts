import { type ViteUserConfig, defineConfig } from "vitest/config";

/** Tests read the sources of our packages (condition `xdeep-source`), so that none needs a build. */
const conditions = ["xdeep-source", "node", "import", "module", "default"];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "{docs,scripts}/*.test.ts"],
    // Files share a worker and what it has loaded: half of a file's time was its imports.
    isolate: false,
    // Vitest leaves one core free where nothing says otherwise: half of two.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});

/** Files apart from the other tests, each in a worker of its own. */
export function testsApart(include: readonly string[], timeout: number): ViteUserConfig {
  return { ...config, test: { ...config.test!, include: [...include], isolate: true, testTimeout: timeout, hookTimeout: timeout } };
}

export default config;
