import { preview } from "vite";

export interface Site extends AsyncDisposable {
  /** Ends with a slash. */
  readonly url: string;
}

/** Static files at an address of this machine. `isolated` sends the two headers without which a browser gives no memory that threads share. */
export async function serveFolder(folder: string, { isolated = false }: { readonly isolated?: boolean } = {}): Promise<Site> {
  const site = await preview({
    root: folder,
    configFile: false,
    // What is not there is not the page of an application.
    appType: "mpa",
    logLevel: "error",
    build: { outDir: folder },
    preview: {
      host: "127.0.0.1",
      port: 0,
      headers: isolated ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" } : {},
    },
  });
  return { url: site.resolvedUrls!.local[0]!, [Symbol.asyncDispose]: () => site.close() };
}
