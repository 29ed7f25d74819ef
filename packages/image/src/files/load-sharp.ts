import { XDeepError } from "@xdeep/core";

/** sharp is imported at the first use, so that programs which only render never load its binary. */
export async function loadSharp(): Promise<typeof import("sharp").default> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new XDeepError(
      "ENGINE_MISSING",
      'Pictures are decoded and encoded by "sharp", which cannot be loaded here. Install it for this platform: npm install sharp. ' +
        "In a browser import @xdeep/image/browser, where the browser decodes.",
      { details: { package: "sharp" }, cause },
    );
  }
}
