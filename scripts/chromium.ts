import { existsSync } from "node:fs";

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

/** Debian's. It cannot be had by npm: `apt-get install -y chromium`. */
export const CHROMIUM = "/usr/bin/chromium";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera that shows a drawing, for pages that are given one.
  "--use-fake-device-for-media-stream",
];

/** WebGL and WebGPU on SwiftShader, which emulates a GPU on the CPU: what machines without one can test them with. */
const SOFTWARE_GPU = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Starts a browser with an empty profile, without a GPU unless an emulated one is asked for. */
export async function startChromium({ softwareGpu = false }: { readonly softwareGpu?: boolean } = {}): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`There is no ${CHROMIUM}: apt-get install -y chromium.`);
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...(softwareGpu ? SOFTWARE_GPU : ["--disable-gpu"])] });
}

/** A fresh profile whose errors and requests to the network are kept. */
export async function freshProfile(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly context: BrowserContext; readonly problems: string[]; readonly requests: string[] }> {
  const context = await browser.newContext(options);
  const problems: string[] = [];
  const requests: string[] = [];
  context.on("weberror", (error) => problems.push(String(error.error())));
  context.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  context.on("request", (request) => requests.push(request.url()));
  return { context, problems, requests };
}
