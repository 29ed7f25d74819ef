import { type ViteUserConfig, defineConfig } from "vitest/config";

/** Tests read the sources of our packages (condition `xdeep-source`), so that none needs a build. */
const conditions = ["xdeep-source", "node", "import", "module", "default"];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "{docs,scripts}/*.test.ts"],
    // Vitest leaves one core free where nothing says otherwise: half of two.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});

export default config;
