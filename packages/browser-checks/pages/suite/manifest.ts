import { type ConformanceReport, type Manifest, type RunOptions, runConformance } from "@xdeep/conformance";

/** What the test says of an engine, and the cases that it wants; models are made in the page. */
export type Declared = Omit<Manifest, "createModel" | "layout" | "innerValueName" | "timeout"> & RunOptions;

/** Lets the test run the suite in this page: `await globalThis.runSuite(declared)`. */
export function offer(create: (declared: Declared) => Promise<Pick<Manifest, "createModel" | "layout">>): void {
  const runSuite = async ({ only, ...declared }: Declared): Promise<ConformanceReport> =>
    // Kernels are compiled on the CPU: a case of many kinds of call takes its time.
    runConformance({ ...declared, timeout: 120_000, ...(await create(declared)) }, { only });
  Object.assign(globalThis, { runSuite });
}
