import { type ConformanceReport, type Manifest, runConformance } from "@xdeep/conformance";

/** What the test says of an engine; models are made in the page. */
export type Declared = Omit<Manifest, "createModel" | "layout" | "innerValueName" | "timeout">;

/** Lets the test run the suite in this page: `await globalThis.runSuite(declared)`. */
export function offer(create: (declared: Declared) => Promise<Pick<Manifest, "createModel" | "layout">>): void {
  const runSuite = async (declared: Declared): Promise<ConformanceReport> =>
    // Kernels are compiled on the CPU: a case of many kinds of call takes its time.
    runConformance({ ...declared, timeout: 120_000, ...(await create(declared)) });
  Object.assign(globalThis, { runSuite });
}
