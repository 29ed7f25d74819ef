import { type ViteUserConfig, configDefaults, defineConfig } from "vitest/config";

/** Tests read the sources of our packages (condition `xdeep-source`), so that none needs a build. */
const conditions = ["xdeep-source", "node", "import", "module", "default"];

const TFJS = "packages/tfjs/{src,test}/**/*.test.ts";

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Vitest leaves one core free where nothing says otherwise: half of two.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    projects: [
      {
        extends: true,
        test: {
          name: "packages",
          include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "{docs,scripts}/*.test.ts"],
          exclude: [...configDefaults.exclude, TFJS],
          // Files share a worker and what it has loaded: half of a file's time was its imports.
          isolate: false,
        },
      },
      // TensorFlow.js keeps one engine for a process: files that count its tensors have one of their own.
      { extends: true, test: { name: "tfjs", include: [TFJS] } },
    ],
  },
});

/** Files apart from the other tests, each in a worker of its own. */
export function testsApart(include: readonly string[], timeout: number): ViteUserConfig {
  const { projects: _, ...test } = config.test!;
  return { ...config, test: { ...test, include: [...include], testTimeout: timeout, hookTimeout: timeout } };
}

export default config;
