import type { ConformanceReport, Manifest } from "@xdeep/conformance";
import { readReport, reportFile } from "@xdeep/conformance/report-file";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshProfile, startChromium } from "../../../scripts/chromium.ts";
import { type BuiltPage, buildPages } from "./build-page.ts";
import { copyEngines } from "./engine-files.ts";
import { type Site, serveFolder } from "./serve-folder.ts";

/** Set to 1, it has emulated GPUs run too, which takes an hour on two cores. */
const isWhole = process.env["XDEEP_WHOLE_SUITE"] === "1" || process.env["XDEEP_UPDATE_REPORTS"] === "1";

/** An engine in Chromium: the page of pages/suite that runs it, and what that declares. */
interface Engine extends Pick<Manifest, "tolerance" | "unsupported" | "knownFailures"> {
  readonly page: string;
  readonly hash?: string;
  /** Emulated on the CPU, and slow. */
  readonly isEmulated?: boolean;
  /** The report of an engine in Node that declares the same. */
  readonly like: string;
}

const EMULATED = { factor: 10, reason: "Shaders add in another order, and an emulated GPU rounds as it likes." };
const BATCHED = ["shared-inputs", "fixed-batch-shared-inputs", "state-input"].map((fixture) => ({
  fixture,
  reason: "every input of a LayersModel has a batch axis",
}));

const ENGINES: Readonly<Record<string, Engine>> = {
  "onnxruntime-web": { page: "onnxruntime-wasm", like: "onnxruntime-web" },
  "onnxruntime-web-threads": { page: "onnxruntime-wasm", hash: "threads", like: "onnxruntime-web" },
  "onnxruntime-web-webgpu": { page: "onnxruntime-webgpu", like: "onnxruntime-web", isEmulated: true, tolerance: EMULATED },
  "tfjs-wasm": { page: "tfjs", hash: "wasm", like: "tfjs-wasm", unsupported: BATCHED },
  "tfjs-webgl": { page: "tfjs", hash: "webgl", like: "tfjs-wasm", isEmulated: true, unsupported: BATCHED, tolerance: EMULATED },
  "tfjs-webgpu": { page: "tfjs", hash: "webgpu", like: "tfjs-wasm", isEmulated: true, unsupported: BATCHED, tolerance: EMULATED },
};

/** Milliseconds; a guard against hangs. */
const A_GUARD = isWhole ? 3_600_000 : 600_000;

let browser: Browser;
let pages: BuiltPage;
let site: Site;

beforeAll(async () => {
  browser = await startChromium({ softwareGpu: true });
  pages = await buildPages(["suite/onnxruntime-wasm.ts", "suite/onnxruntime-webgpu.ts", "suite/tfjs.ts"]);
  await copyEngines(pages.folder);
  site = await serveFolder(pages.folder, { isolated: true });
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await pages?.[Symbol.asyncDispose]();
});

describe("the conformance suite in Chromium", () => {
  it.each(Object.entries(ENGINES).filter(([, { isEmulated }]) => isWhole || isEmulated !== true))(
    "on %s gives what docs/conformance says",
    async (name, engine) => {
      const { capabilities } = await readReport(reportOf(engine.like));
      const report = await runSuite({ name: `${name}, Chromium`, capabilities }, engine);
      expect(report.cases.length).toBeGreaterThan(30);
      expect(report.cases.filter(({ status }) => status === "failed")).toEqual([]);
      await reportFile(reportOf(`${name}-chromium`))(report);
    },
    A_GUARD,
  );
});

/** Runs the suite in a profile of its own. */
async function runSuite(chosen: Pick<Manifest, "name" | "capabilities">, { page: script, hash, ...declared }: Engine): Promise<ConformanceReport> {
  const { context, problems } = await freshProfile(browser);
  try {
    const page = await context.newPage();
    await page.goto(`${site.url}${script}.html${hash === undefined ? "" : `#${hash}`}`);
    await page.waitForFunction("globalThis.runSuite !== undefined");
    const manifest = { ...declared, ...chosen, environment: `Chromium ${browser.version()}, ${process.platform}` };
    const report = (await page.evaluate(`globalThis.runSuite(${JSON.stringify(manifest)})`)) as ConformanceReport;
    expect(problems).toEqual([]);
    return report;
  } finally {
    await context.close();
  }
}

function reportOf(name: string): URL {
  return new URL(`../../../docs/conformance/${name}.json`, import.meta.url);
}
